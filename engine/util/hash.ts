/** FNV-1a over UTF-16 code units: spreads names over 32 bits. Not for key groups (those use Java's hash, see state/key-group.ts). */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

/** Folds one 32-bit word into a running 32-bit hash (the mixing step of MurmurHash3). */
export function foldWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Finaliser of MurmurHash3: every input bit reaches every output bit. */
export function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

const F64_SCRATCH = new Float64Array(1);
const WORDS_SCRATCH = new Int32Array(F64_SCRATCH.buffer);

export function foldNumber(hash: number, value: number): number {
  // −0 and 0 are equal values, and all NaNs are one.
  F64_SCRATCH[0] = value === 0 ? 0 : value;
  return foldWord(foldWord(hash, WORDS_SCRATCH[0] as number), WORDS_SCRATCH[1] as number);
}

export function hexOf(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
