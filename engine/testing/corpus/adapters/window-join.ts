import type { Row } from '../../../batch/schema.ts';
import { CoWindowOperator } from '../../../joins/co-window-operator.ts';
import type { CoFunction } from '../../../joins/co-window-operator.ts';
import { emitPairs } from '../../../joins/pair-panes.ts';
import { keyGroupOf } from '../../../state/key-group.ts';
import { hashText } from '../../../util/hash.ts';
import { must } from '../../../util/assert.ts';
import { withExactTimes } from '../exact-times.ts';
import { playHarness } from '../harness-script.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { Adapters, Json, OperatorDescription, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';
import { assignerOf, defaultTriggerOf, triggerOf } from '../window-parts.ts';

async function play(given: Vector, emit: CoFunction): Promise<void> {
  const vector = withExactTimes(given);
  const operator = must(vector.operator, 'the operator of a harness vector');
  const time = operator['time'] === 'processing' ? 'processing' : 'event';
  const key = String(operator['key']);
  const trigger = operator['trigger'];
  const driver = new OperatorDriver((processingTime) => {
    const assigner = assignerOf(operator['assigner'] as Json, time);
    const isDefault = trigger === null || trigger === undefined || trigger === 'default';
    return new CoWindowOperator({
      assigner,
      trigger: isDefault ? defaultTriggerOf(assigner) : triggerOf(trigger as Json),
      evictor: null,
      emit,
      allowedLatenessMs: timeOf(operator['allowedLatenessMs'] ?? 0),
      lateData: 'drop',
      keyOf: (record) => record[key],
      keyGroupOf: (value) => keyGroupOf(hashText(String(value)), 128),
      processingTime,
    });
  }, 2);
  await playHarness(vector, await driver.open());
}

type Joiner = (left: Row, right: Row | null) => Row;

const TERM = /^(?:(left|right)(?:\.(\w+))?|"([^"]*)"|'([^']*)')$/;

/** A side of the pair, a field of it, or a text in quotes. */
function termOf(text: string): (left: Row, right: Row | null) => unknown {
  const match = TERM.exec(text.trim());
  if (match === null) throw new Error(`the adapter does not know the term ${text.trim()}`);
  const [, side, field] = match;
  if (side === undefined) return () => match[3] ?? match[4];
  return (left, right) => {
    const row = side === 'left' ? left : right;
    return field === undefined ? row : row?.[field];
  };
}

/** `left = left.n ++ left.v, right = right.id`: fields of the joined record, texts joined by `++`. "pair": as interval joins give it. */
function joinerOf({ emit }: OperatorDescription): Joiner {
  if (emit === 'pair') return joinerOf({ type: '', emit: 'left = left.id, right = right.id' });
  const texts =
    typeof emit === 'object' && emit !== null
      ? Object.entries(emit).map(([name, expression]) => [name, String(expression)] as const)
      : String(emit)
          .split(',')
          .map((field) => [field.slice(0, field.indexOf('=')).trim(), field.slice(field.indexOf('=') + 1)] as const);
  const fields = texts.map(([name, expression]) => ({ name, terms: expression.split('++').map(termOf) }));
  return (left, right) =>
    Object.fromEntries(
      fields.map(({ name, terms }) => {
        const values = terms.map((term) => term(left, right));
        return [name, values.length === 1 ? values[0] : values.map(String).join('')];
      }),
    );
}

export const adapters: Adapters = {
  'harness/windowJoin': (vector) => play(vector, emitPairs(joinerOf(must(vector.operator, 'the operator of a harness vector')))),
  'harness/windowCoGroup': (vector) => play(vector, ({ left, right }, pane) => pane.collect({ first: [...left], second: [...right] })),
};
