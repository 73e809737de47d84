import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  processElement(value, ctx, out) {
    out.collect(value);
  },
})`;

const fields = {
  code: codeField(
    PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with a method processElement(value, ctx, out). Give results to out.collect(record) and ctx.output(tag, value).',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type ProcessFunctionConfig = ConfigOf<typeof fields>;

export const processFunction = defineOperator({
  type: 'process-function',
  title: 'Process function',
  category: 'transformation',
  summary: 'Runs your own code for every record: any number of results, and side outputs.',
  keywords: ['ProcessFunction', 'side output', 'OutputTag', 'split', 'route', 'RichFlatMapFunction', 'custom'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
