import type { WireColumn } from '../api/engine-api.ts';
import type { Schema } from '../batch/schema.ts';
import { fileStart, writeRows } from '../formats/write.ts';
import type { SinkDelivery } from '../operators/definition.ts';
import { batchOfRows } from './wire-rows.ts';

type FileDelivery = SinkDelivery & { kind: 'file' };

/** Text is handed to the browser in parts of this size; a Blob of parts lives on disk once it is large, so memory stays flat. */
const PART_CHARACTERS = 4 << 20;

/** What the file sinks of one job have written: text parts per sink, put together when the user asks for the file. */
export class SinkFiles {
  readonly #sinks: ReadonlyMap<string, { readonly delivery: FileDelivery; parts: Blob[]; text: string; isStarted: boolean }>;

  constructor(deliveries: ReadonlyMap<string, SinkDelivery>) {
    this.#sinks = new Map(
      [...deliveries].flatMap(([nodeId, delivery]) =>
        delivery.kind === 'file' ? [[nodeId, { delivery, parts: [], text: '', isStarted: false }] as const] : [],
      ),
    );
  }

  has(nodeId: string): boolean {
    return this.#sinks.has(nodeId);
  }

  write(nodeId: string, schema: Schema, rowCount: number, columns: readonly WireColumn[]): void {
    const sink = this.#sinks.get(nodeId);
    if (sink === undefined) return;
    if (!sink.isStarted) sink.text = fileStart(schema, sink.delivery.format);
    sink.isStarted = true;
    sink.text += writeRows(batchOfRows(schema, rowCount, columns), sink.delivery.format);
    if (sink.text.length >= PART_CHARACTERS) {
      sink.parts.push(new Blob([sink.text]));
      sink.text = '';
    }
  }

  file(nodeId: string): Blob | null {
    const sink = this.#sinks.get(nodeId);
    if (sink === undefined) return null;
    const type = sink.delivery.format === 'csv' ? 'text/csv' : 'application/x-ndjson';
    return new Blob([...sink.parts, sink.text], { type });
  }
}
