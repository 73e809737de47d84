import { intervalJoin } from '../../../operators/interval-join/definition.ts';
import { inputsOfVector } from '../inputs-of-vector.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { HarnessDriver } from '../harness-script.ts';
import { withExactTimes } from '../exact-times.ts';
import { playHarness } from '../harness-script.ts';
import { createOperator } from '../create-operator.ts';
import { expectSame } from '../same-value.ts';
import type { Adapters, Json, OperatorDescription, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';

/** What the vectors look at besides the output. */
interface Buffers {
  bufferedTimestamps(side: 0 | 1): readonly number[];
}

function configOf(operator: OperatorDescription): Json {
  return {
    lowerBound: Number(operator['lowerMs']),
    lowerInclusive: operator['lowerInclusive'] === true,
    upperBound: Number(operator['upperMs']),
    upperInclusive: operator['upperInclusive'] === true,
    combine: '(left, right) => ({ left: left.id, right: right.id })',
    schema: [
      { name: 'left', type: 'any' },
      { name: 'right', type: 'any' },
    ],
  };
}

class IntervalJoinDriver extends OperatorDriver implements HarnessDriver {
  otherStep(step: Json): boolean {
    if (!('expectState' in step)) return false;
    const expected = step['expectState'] as Readonly<Record<string, readonly unknown[]>>;
    const operator = this.operator as unknown as Buffers;
    for (const [side, name] of ['leftBufferTs', 'rightBufferTs'].entries()) {
      if (expected[name] === undefined) continue;
      // As in Flink's state, a timestamp is there or not, however many records have it.
      const inOrder = (times: readonly number[]): number[] => [...new Set(times)].sort((a, b) => a - b);
      expectSame(inOrder(operator.bufferedTimestamps(side as 0 | 1)), inOrder(expected[name].map(timeOf)), name);
    }
    return true;
  }
}

/** Both paths: records one by one, and batches of one. */
async function playIntervalJoin(given: Vector): Promise<void> {
  const vector = withExactTimes(given);
  const operator = vector.operator as OperatorDescription;
  const inputs = inputsOfVector(vector, 2, String(operator['key']), ['id']);
  for (const fused of [false, true]) {
    const driver = new IntervalJoinDriver(
      (processingTime) => createOperator(intervalJoin, configOf(operator), inputs, { processingTime, fused }),
      2,
    );
    await playHarness(vector, await driver.open());
  }
}

export const adapters: Adapters = { 'harness/intervalJoin': playIntervalJoin };
