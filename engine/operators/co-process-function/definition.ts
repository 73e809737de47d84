import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { CO_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  processElement1(value, ctx, out) {
    out.collect(value);
  },

  processElement2(value, ctx, out) {
    out.collect(value);
  },
})`;

const fields = {
  code: codeField(
    CO_PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods processElement1(value, ctx, out) and processElement2(value, ctx, out), one for each input.',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type CoProcessFunctionConfig = ConfigOf<typeof fields>;

export const coProcessFunction = defineOperator({
  type: 'co-process-function',
  title: 'Co-process function',
  category: 'transformation',
  summary: 'Runs your own code for the records of two streams of different types.',
  keywords: ['CoProcessFunction', 'connect', 'two streams', 'side output', 'custom'],
  fields,
  inputs: [
    { name: 'in1', title: 'First' },
    { name: 'in2', title: 'Second' },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(CO_PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(CO_PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
