import type { Row } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import type { StreamShape } from '../../operators/definition.ts';
import type { Element } from '../rows.ts';

/** An operator's `example.json`: the smallest demonstration of what it does. */
export interface Example {
  readonly config: Readonly<Record<string, unknown>>;
  /** What enters; sources have none. */
  readonly input?: StreamShape;
  /** Virtual operators and sources have none. */
  readonly elements?: readonly ExampleElement[];
  /** What is emitted or, by a sink, delivered; of a source the beginning. Watermarks are compared where it names any. */
  readonly expected?: readonly ExpectedElement[];
  /** Texts by data id. */
  readonly data?: Readonly<Record<string, string>>;
}

export type ExampleElement = { readonly record: Row; readonly timestamp?: number } | { readonly watermark: number };

export type ExpectedElement =
  | { readonly record: Row; readonly timestamp?: number; readonly port?: string }
  | { readonly watermark: number };

/** Elements with origins: records are numbered from 1, a watermark belongs to the record before it. */
export function elementsOfExample(elements: readonly ExampleElement[]): readonly Element[] {
  let position = 0;
  return elements.map((element) =>
    'record' in element ? { ...element, origin: originOf(++position, 0) } : { ...element, origin: originOf(position, 0) },
  );
}
