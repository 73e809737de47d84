import fc from 'fast-check';
import type { Row } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import type { StreamShape } from '../../operators/definition.ts';
import type { Fields } from '../../operators/fields.ts';
import { copyValue } from '../../state/copy-value.ts';
import type { HarnessOptions } from '../operator-test-harness.ts';
import { ObservedSubtask } from './observed-subtask.ts';
import type { Observation } from './observed-subtask.ts';

/** Random streams of one keyed input, of all kinds of fields. */

const KEY_FIELDS: Readonly<Record<string, readonly string[]>> = { text: ['id'], number: ['at'], flag: ['ok'], both: ['id', 'ok'] };

export type KeyName = 'text' | 'number' | 'flag' | 'both';

/** A stream with these fields; `note`, `count`, `flag` and `tags` may be null. */
export function keyedShape(key: KeyName): StreamShape {
  return {
    schema: {
      fields: [
        { name: 'id', type: 'string' },
        { name: 'v', type: 'double' },
        { name: 'n', type: 'int' },
        { name: 'ok', type: 'boolean' },
        { name: 'name', type: 'string' },
        { name: 'note', type: 'string', nullable: true },
        { name: 'count', type: 'int', nullable: true },
        { name: 'flag', type: 'boolean', nullable: true },
        { name: 'at', type: 'timestamp' },
        { name: 'tags', type: 'array', nullable: true },
      ],
    },
    key: { kind: 'fields', fields: KEY_FIELDS[key] ?? [] },
    eventTime: true,
  };
}

export type KeyedStep =
  | { readonly kind: 'record'; readonly record: Row; readonly time: number }
  | { readonly kind: 'watermark'; readonly time: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'restart' };

const record = fc.record({
  id: fc.constantFrom('a', 'b', '', 'Å'),
  v: fc.constantFrom(0, -0, 0.1, 0.2, 0.3, 1e16, -1e16, Number.NaN, Number.POSITIVE_INFINITY),
  n: fc.constantFrom(0, 1, -7, 2_147_483_647),
  ok: fc.boolean(),
  name: fc.constantFrom('x', 'y', 'zz'),
  note: fc.constantFrom('x', 'n', null),
  count: fc.constantFrom(3, 4, null),
  flag: fc.constantFrom(true, false, null),
  at: fc.constantFrom(0, -0, 1000, 2000),
  tags: fc.constantFrom<readonly unknown[] | null>([], ['t'], [['deep']], null),
});

export const keyedSteps: fc.Arbitrary<readonly KeyedStep[]> = fc.array(
  fc.oneof(
    { weight: 24, arbitrary: fc.record({ kind: fc.constant('record' as const), record, time: fc.nat({ max: 50 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('watermark' as const), time: fc.nat({ max: 50 }) }) },
    { weight: 3, arbitrary: fc.constantFrom<KeyedStep>({ kind: 'cut' }, { kind: 'restart' }) },
  ),
  { maxLength: 60, size: 'max' },
);

/** @param modes Of the beginning, and after the first restart. */
export async function observeKeyed<F extends Fields>(
  options: HarnessOptions<F>,
  steps: readonly KeyedStep[],
  [mode, afterRestart]: readonly ['row' | 'batch', 'row' | 'batch'],
): Promise<Observation> {
  const subtask = await new ObservedSubtask({ ...options, mode }).open();
  let position = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    if ('record' in step) subtask.process({ record: copyValue(step.record), timestamp: step.time, origin: originOf(++position, 0) });
    else if (step.kind === 'cut') subtask.cut();
    else if (step.kind === 'restart') await subtask.restart(afterRestart);
    else {
      highest = Math.max(highest, step.time);
      subtask.process({ watermark: highest, origin: originOf(position, 0) });
    }
  }
  subtask.finish();
  return subtask.observation();
}
