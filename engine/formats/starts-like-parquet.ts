const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** A file whose first bytes are these may be Parquet: it starts with "PAR1" and ends with it. */
export function startsLikeParquet(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}
