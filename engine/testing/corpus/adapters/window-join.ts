import type { Row } from '../../../batch/schema.ts';
import { CoWindowOperator } from '../../../joins/co-window-operator.ts';
import type { CoFunction } from '../../../joins/co-window-operator.ts';
import { emitPairs } from '../../../joins/pair-panes.ts';
import { keyGroupOf } from '../../../state/key-group.ts';
import { hashText } from '../../../util/hash.ts';
import { must } from '../../../util/assert.ts';
import { playHarness } from '../harness-script.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { Adapters, Json, OperatorDescription, Vector } from '../vector.ts';
import { assignerOf, defaultTriggerOf, triggerOf } from '../window-parts.ts';

async function play(vector: Vector, emit: CoFunction): Promise<void> {
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
      emit,
      allowedLatenessMs: Number(operator['allowedLatenessMs'] ?? 0),
      lateData: 'drop',
      keyOf: (record) => record[key],
      keyGroupOf: (value) => keyGroupOf(hashText(String(value)), 128),
      processingTime,
    });
  }, 2);
  await playHarness(vector, await driver.open());
}

const FIELD = /^(left|right)\.(\w+)$/;

/** `left = left.n ++ left.v, right = right.id`: fields of the joined record, texts joined by `++`. */
function joinerOf(operator: OperatorDescription): (left: Row, right: Row | null) => Row {
  const fields = String(operator['emit'])
    .split(',')
    .map((field) => {
      const [name = '', expression = ''] = field.split('=').map((part) => part.trim());
      const terms = expression.split('++').map((term) => {
        const match = FIELD.exec(term.trim());
        if (match === null) throw new Error(`the adapter does not know the term ${term.trim()}`);
        return { side: match[1] as 'left' | 'right', from: String(match[2]) };
      });
      return { name, terms };
    });
  return (left, right) =>
    Object.fromEntries(
      fields.map(({ name, terms }) => {
        const values = terms.map(({ side, from }) => (side === 'left' ? left : right)?.[from]);
        return [name, values.length === 1 ? values[0] : values.map(String).join('')];
      }),
    );
}

export const adapters: Adapters = {
  'harness/windowJoin': (vector) => play(vector, emitPairs(joinerOf(must(vector.operator, 'the operator of a harness vector')))),
  'harness/windowCoGroup': (vector) => play(vector, ({ left, right }, pane) => pane.collect({ first: [...left], second: [...right] })),
};
