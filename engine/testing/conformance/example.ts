import type { Row } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import type { StreamShape } from '../../operators/definition.ts';
import { assert } from '../../util/assert.ts';
import type { Element } from '../rows.ts';

/** An operator's `example.json`: the smallest demonstration of what it does. */
export interface Example {
  readonly config: Readonly<Record<string, unknown>>;
  /** What enters; sources have none. */
  readonly input?: StreamShape;
  /** What enters an operator with several inputs, instead of `input`. */
  readonly inputs?: readonly StreamShape[];
  /** Virtual operators and sources have none. */
  readonly elements?: readonly ExampleElement[];
  /** What is emitted or, by a sink, delivered; of a source the beginning. Watermarks are compared where it names any. */
  readonly expected?: readonly ExpectedElement[];
  /** Texts by data id. */
  readonly data?: Readonly<Record<string, string>>;
}

/** `port`: the input, where there are several. A watermark is the combined one. */
export type ExampleElement = { readonly record: Row; readonly timestamp?: number; readonly port?: string } | { readonly watermark: number };

export type ExpectedElement =
  | { readonly record: Row; readonly timestamp?: number; readonly port?: string }
  | { readonly watermark: number };

/** Elements with origins: records are numbered from 1, a watermark belongs to the record before it. */
export function elementsOfExample(elements: readonly ExampleElement[], ports: readonly string[]): readonly Element[] {
  let position = 0;
  return elements.map((element): Element => {
    if (!('record' in element)) return { ...element, origin: originOf(position, 0) };
    const { port, ...rest } = element;
    const input = port === undefined ? 0 : ports.indexOf(port);
    assert(input >= 0, () => `the example names an input of the operator, not "${port}"`);
    return { ...rest, origin: originOf(++position, 0), input };
  });
}

/** The shapes of all inputs. */
export function inputsOf({ input, inputs }: Example): readonly StreamShape[] {
  return inputs ?? (input === undefined ? [] : [input]);
}
