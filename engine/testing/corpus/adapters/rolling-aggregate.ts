import { rollingAggregate } from '../../../operators/rolling-aggregate/definition.ts';
import { createOperator } from '../create-operator.ts';
import { playHarness } from '../harness-script.ts';
import { inputsOfVector } from '../inputs-of-vector.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { Adapter, Adapters, OperatorDescription, Vector } from '../vector.ts';

/** Rolling sums, minima and maxima of a key. */
export const adapters: Adapters = {
  'harness/rollingAggregate': (async (vector: Vector) => {
    const operator = vector.operator as OperatorDescription;
    const settings = { fn: operator['agg'], column: operator['field'], ties: operator['first'] === false ? 'last' : 'first' };
    const inputs = inputsOfVector(vector, 1, String(operator['key']), [String(operator['field'])]);
    // The fast path must give what the specification gives.
    for (const fused of [false, true]) {
      const driver = new OperatorDriver((processingTime) => createOperator(rollingAggregate, settings, inputs, { processingTime, fused }));
      await playHarness(vector, await driver.open());
    }
  }) satisfies Adapter,
};
