import { assert } from '../util/assert.ts';

/**
 * Which records of a numbered stream a source subtask reads. Record n belongs to split n mod `splits`, and split k is read by the subtask
 * k mod `parallelism`, so what a stream says, and which of its records come from one split, does not depend on the parallelism.
 * Positions are the numbers of the records; `index` counts those of this subtask.
 */
export class SplitPositions {
  readonly #splits: number;
  /** The splits of this subtask, ascending. */
  readonly #own: readonly number[];

  constructor(splits: number, subtaskIndex: number, parallelism: number) {
    assert(splits >= 1 && subtaskIndex < parallelism, 'there is a split, and the subtask exists');
    this.#splits = splits;
    this.#own = Array.from({ length: splits }, (_, split) => split).filter((split) => split % parallelism === subtaskIndex);
  }

  get splits(): number {
    return this.#splits;
  }

  /** There are fewer splits than subtasks, and this one has none. */
  get isEmpty(): boolean {
    return this.#own.length === 0;
  }

  /** How many of this subtask's positions are below `position`; also the index of its first one that is not. */
  indexOf(position: number): number {
    const own = this.#own.length;
    if (own === 0 || position <= 0) return 0;
    // Every record below infinity: the stream has no end.
    if (position === Number.POSITIVE_INFINITY) return position;
    const round = Math.floor(position / this.#splits);
    const split = position - round * this.#splits;
    let count = round * own;
    for (let k = 0; k < own && (this.#own[k] as number) < split; k++) count++;
    return count;
  }

  positionAt(index: number): number {
    const own = this.#own.length;
    const round = Math.floor(index / own);
    return round * this.#splits + (this.#own[index - round * own] as number);
  }

  /** The positions from `index` on, into `positions`. */
  fill(index: number, positions: Float64Array): void {
    const own = this.#own.length;
    const count = positions.length;
    let round = Math.floor(index / own);
    let k = index - round * own;
    for (let row = 0; row < count; row++) {
      positions[row] = round * this.#splits + (this.#own[k] as number);
      if (++k < own) continue;
      k = 0;
      round++;
    }
  }
}
