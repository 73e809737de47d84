import type { StreamShape } from '../../../operators/definition.ts';
import { keyedBroadcastProcessFunction } from '../../../operators/keyed-broadcast-process-function/definition.ts';
import { keyedCoProcessFunction } from '../../../operators/keyed-co-process-function/definition.ts';
import { keyedProcessFunction } from '../../../operators/keyed-process-function/definition.ts';
import type { Operator, ProcessingTime } from '../../../operators/operator.ts';
import { createOperator } from '../create-operator.ts';
import type { Actual, HarnessDriver } from '../harness-script.ts';
import { playHarness } from '../harness-script.ts';
import { inputsOfVector } from '../inputs-of-vector.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { OperatorFactory } from '../operator-driver.ts';
import { actionsIn, codeOfProgram } from '../program-code.ts';
import type { Adapters, Json, OperatorDescription, Vector } from '../vector.ts';

/** Values of the vectors are single ones as often as records: they travel in a field. */
class ProcessDriver extends OperatorDriver implements HarnessDriver {
  readonly #inputs: readonly number[];

  /** @param inputs Inputs of the operator by input of the vector. */
  constructor(factory: OperatorFactory, inputs: readonly number[]) {
    super(factory, inputs.length);
    this.#inputs = inputs;
  }

  override element(value: Json, timestamp: number, input: number): void {
    super.element(value, timestamp, this.#inputs[input] ?? input);
  }

  override drain(): readonly Actual[] {
    return super.drain().map((actual) => (actual.kind === 'record' ? { ...actual, value: actual.value['value'] as Json } : actual));
  }
}

function configOf(operator: OperatorDescription, methods: Readonly<Record<string, string>>): Json {
  const program = operator['program'] as Json;
  const tags = new Set(
    actionsIn(program).flatMap((action) => (typeof action['to'] === 'string' && 'emit' in action ? [action['to']] : [])),
  );
  return {
    code: codeOfProgram(program, methods),
    schema: [{ name: 'value', type: 'any' }],
    sideOutputs: [...tags].map((name) => ({ name, type: 'any' })),
  };
}

/** The streams of a vector, with the key and the fields that only the program speaks of, also where no record has them. */
function inputsOf(vector: Vector, operator: OperatorDescription, count: number): readonly StreamShape[] {
  const key = String(operator['key']);
  const mentioned = [...JSON.stringify(operator['program']).matchAll(/\bvalue\.(\w+)/g)].map((match) => match[1] as string);
  return inputsOfVector(vector, count, key, mentioned);
}

/** The fast path must give what the specification gives. */
async function playOnBothPaths(
  vector: Vector,
  inputs: readonly number[],
  create: (processingTime: ProcessingTime, fused: boolean) => Promise<Operator>,
): Promise<void> {
  for (const fused of [false, true]) {
    const driver = new ProcessDriver((processingTime) => create(processingTime, fused), inputs);
    await playHarness(vector, await driver.open());
  }
}

async function playProcess(vector: Vector): Promise<void> {
  const operator = vector.operator as OperatorDescription;
  const inputs = inputsOf(vector, operator, 1);
  const config = configOf(operator, { onElement: 'processElement', onTimer: 'onTimer' });
  await playOnBothPaths(vector, [0], (processingTime, fused) =>
    createOperator(keyedProcessFunction, config, inputs, { processingTime, fused }),
  );
}

async function playCoProcess(vector: Vector): Promise<void> {
  const operator = vector.operator as OperatorDescription;
  const inputs = inputsOf(vector, operator, 2);
  const config = configOf(operator, { onElement1: 'processElement1', onElement2: 'processElement2', onTimer: 'onTimer' });
  await playOnBothPaths(vector, [0, 1], (processingTime, fused) =>
    createOperator(keyedCoProcessFunction, config, inputs, { processingTime, fused }),
  );
}

async function playBroadcastProcess(vector: Vector): Promise<void> {
  const operator = vector.operator as OperatorDescription;
  const isSecond = Number(operator['broadcastInput']) === 2;
  const [first, second] = inputsOf(vector, operator, 2) as readonly [StreamShape, StreamShape];
  const inputs = isSecond ? [first, { ...second, key: null }] : [second, { ...first, key: null }];
  const config = configOf(operator, { onElement: 'processElement', onBroadcast: 'processBroadcastElement', onTimer: 'onTimer' });
  await playOnBothPaths(vector, isSecond ? [0, 1] : [1, 0], (processingTime, fused) =>
    createOperator(keyedBroadcastProcessFunction, config, inputs, { processingTime, fused }),
  );
}

export const adapters: Adapters = {
  'harness/keyedProcess': playProcess,
  'harness/keyedCoProcess': playCoProcess,
  'harness/keyedBroadcastProcess': playBroadcastProcess,
};
