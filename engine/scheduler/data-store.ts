/** Bytes of the document's data entries, wherever the platform keeps them. */
export interface DataStore {
  /** Size in bytes; null when there is no such entry. */
  size(dataId: string): Promise<number | null>;
  /** Up to `length` bytes from `offset` on; fewer only at the end. The caller owns them. */
  read(dataId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}
