import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { KEYED_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.count = ctx.getState('count');
  },

  processElement(value, ctx, out) {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    out.collect({ ...value, count });
  },
})`;

const fields = {
  code: codeField(
    KEYED_PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with a method processElement(value, ctx, out) and, for timers, onTimer(timestamp, ctx, out). ctx gives state and timers of the current key.',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type KeyedProcessFunctionConfig = ConfigOf<typeof fields>;

export const keyedProcessFunction = defineOperator({
  type: 'keyed-process-function',
  title: 'Keyed process function',
  category: 'transformation',
  summary: 'Runs your own code for every record, with state and timers per key.',
  keywords: [
    'KeyedProcessFunction',
    'onTimer',
    'timer',
    'state',
    'ValueState',
    'RichFlatMapFunction',
    'flatMapWithState',
    'alert',
    'pattern',
    'custom',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(KEYED_PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(KEYED_PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
