import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import type { GatherMemory } from '../../batch/gather.ts';
import { SeededRandom } from '../../util/random.ts';
import type { RecordModel } from '../generator-source.ts';
import type { WordSourceConfig } from './definition.ts';
import { wordsOf } from './words-of.ts';

/** The words of a text, in its order or at random; which word has which number depends on nothing but number and seed. */
export class WordModel implements RecordModel {
  readonly #isRandom: boolean;
  readonly #seed: number;
  readonly #startTime: number;
  readonly #intervalMs: number;
  readonly #words = new Dictionary();
  /** The text as codes of its words. */
  readonly #text: Int32Array;

  constructor(config: WordSourceConfig, seed: number) {
    this.#isRandom = config.order === 'random';
    this.#seed = seed;
    this.#startTime = config.startTime;
    this.#intervalMs = 1000 / config.recordsPerSecond;
    this.#text = Int32Array.from(wordsOf(config.text), (word) => this.#words.encode(word));
  }

  columnsOf(positions: Float64Array, memory: GatherMemory): readonly Column[] {
    const words = memory.codes(positions.length);
    const timestamps = memory.f64(positions.length);
    for (let row = 0; row < positions.length; row++) {
      const n = positions[row] as number;
      words[row] = this.#text[this.#isRandom ? this.#randomPlace(n) : n % this.#text.length] as number;
      timestamps[row] = this.#startTime + Math.floor(n * this.#intervalMs);
    }
    return [Column.ofCodes(words, this.#words), Column.ofF64(timestamps)];
  }

  #randomPlace(n: number): number {
    return new SeededRandom(this.#seed ^ Math.imul(n | 0, 0x9e3779b1)).nextInt(this.#text.length);
  }
}
