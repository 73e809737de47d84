import type { OperatorDefinition, StreamShape } from '../../operators/definition.ts';
import { defaultConfig } from '../../operators/fields.ts';
import type { ConfigOf, Fields } from '../../operators/fields.ts';
import type { Operator, ProcessingTime } from '../../operators/operator.ts';
import { must } from '../../util/assert.ts';
import type { Json } from './vector.ts';

/** The page would not let a job with this configuration start. */
export class RefusedConfiguration extends Error {}

/** A real operator with a configuration that a vector asks for. @throws {RefusedConfiguration} */
export async function createOperator<F extends Fields>(
  definition: OperatorDefinition<F>,
  settings: Json,
  inputs: readonly StreamShape[],
  place: { readonly processingTime: ProcessingTime; readonly fused: boolean },
): Promise<Operator> {
  const config = { ...defaultConfig(definition.fields), ...settings } as ConfigOf<F>;
  const { ports, problems } = definition.shapes(config, inputs);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new RefusedConfiguration(errors.map(({ message }) => message).join(' '));
  const module = await must(definition.load, 'the runtime of the operator')();
  return module.create(config, {
    nodeId: 'vector',
    name: definition.title,
    subtaskIndex: 0,
    parallelism: 1,
    maxParallelism: 128,
    inputs,
    outputSchema: (port) => must(ports[port], `output port ${port}`).schema,
    sourceIndex: 0,
    seed: 1,
    autoWatermarkIntervalMs: 200,
    openInput: () => {
      throw new Error('an operator under test reads no files');
    },
    ...place,
  }) as Operator;
}
