/** A set of small numbers whose next member is found a word at a time. */
export class TimerBits {
  readonly #words: Int32Array;

  /** @param size A multiple of 32; members are below it. */
  constructor(size: number) {
    this.#words = new Int32Array(size >> 5);
  }

  add(member: number): void {
    const word = member >> 5;
    this.#words[word] = (this.#words[word] as number) | (1 << (member & 31));
  }

  remove(member: number): void {
    const word = member >> 5;
    this.#words[word] = (this.#words[word] as number) & ~(1 << (member & 31));
  }

  /** The smallest member that is at least `from`; -1: there is none. */
  next(from: number): number {
    const words = this.#words;
    let word = from >> 5;
    if (word >= words.length) return -1;
    let bits = (words[word] as number) & (-1 << (from & 31));
    while (bits === 0) {
      if (++word === words.length) return -1;
      bits = words[word] as number;
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}
