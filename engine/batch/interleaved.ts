import type { Batch, MarkList } from './batch.ts';

/**
 * Batches of several inputs with the order in which their rows count. Streams that alternate record by record would otherwise reach an operator in
 * batches of one.
 */
export interface Interleaved {
  /** By input; null: nothing of it. Their own marks do not count. */
  readonly batches: readonly (Batch | null)[];
  /** The input of each row, in order; those of one input are the live rows of its batch, in order. */
  readonly inputs: Uint8Array;
  /** Entries of `inputs`. */
  readonly count: number;
  /** Combined marks: mark `m` stands before entry `positions[m]`. */
  readonly marks: MarkList;
}
