import type { ObjectOperator } from '../objects/object-operator.ts';
import { BOUND_MS } from './join-job.ts';

export interface Sided {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
  /** 0: of the left stream, 1: of the right one. */
  readonly side: number;
}

export interface Pair {
  readonly id: string;
  readonly left: number;
  readonly right: number;
}

type Buffer = Map<string, Sided[]>;

/** A list of records per key and side, from which those that are too old are cut now and then. */
export class JoinObjects implements ObjectOperator<Sided> {
  readonly #emit: (pair: Pair) => void;
  readonly #buffers: readonly [Buffer, Buffer] = [new Map(), new Map()];
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(emit: (pair: Pair) => void) {
    this.#emit = emit;
  }

  processElement(record: Sided): void {
    const [left, right] = this.#buffers;
    const own = record.side === 0 ? left : right;
    const records = own.get(record.id);
    if (records === undefined) own.set(record.id, [record]);
    else records.push(record);
    const partners = (record.side === 0 ? right : left).get(record.id);
    if (partners !== undefined) this.#join(record, partners);
  }

  processWatermark(watermark: number): void {
    this.#watermark = watermark;
  }

  #join(record: Sided, partners: Sided[]): void {
    const { id, timestamp, temperature, side } = record;
    let expired = 0;
    while (expired < partners.length && (partners[expired] as Sided).timestamp + BOUND_MS <= this.#watermark) expired++;
    if (expired > 8) partners.splice(0, expired);
    for (const partner of partners) {
      if (partner.timestamp < timestamp - BOUND_MS || partner.timestamp > timestamp + BOUND_MS) continue;
      if (side === 0) this.#emit({ id, left: temperature, right: partner.temperature });
      else this.#emit({ id, left: partner.temperature, right: temperature });
    }
  }
}
