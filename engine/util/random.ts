import { assert } from './assert.ts';

/**
 * Seeded pseudo-random numbers (xorshift32 on a mixed seed), the only randomness the engine knows.
 * The state is one 32-bit word, so a snapshot of a generator is one number.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds (1, 2, 3 …) must not give correlated first numbers, hence the finaliser of MurmurHash3.
    let h = (seed | 0) ^ 0x9e3779b9;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    this.#state = h === 0 ? 0x6d2b79f5 : h | 0;
  }

  static restore(state: number): SeededRandom {
    assert(state !== 0 && Number.isInteger(state), 'the state of a SeededRandom is a non-zero 32-bit integer');
    const random = new SeededRandom(0);
    random.#state = state | 0;
    return random;
  }

  get state(): number {
    return this.#state;
  }

  /** Uniform in [0, 1). */
  next(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s;
    return (s >>> 0) / 4294967296;
  }

  /** Uniform integer in [0, bound). */
  nextInt(bound: number): number {
    assert(bound > 0, 'bound must be positive');
    return Math.floor(this.next() * bound);
  }

  /** Normal with mean 0 and deviation 1 (Box–Muller; two draws each time, so the state stays one word). */
  nextGaussian(): number {
    const u = 1 - this.next();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.next());
  }
}
