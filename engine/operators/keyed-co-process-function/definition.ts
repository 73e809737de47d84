import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { KEYED_CO_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.last = ctx.getState('last');
  },

  processElement1(value, ctx, out) {
    out.collect({ ...value, last: this.last.value() });
  },

  processElement2(value, ctx, out) {
    this.last.update(value);
  },
})`;

const fields = {
  code: codeField(
    KEYED_CO_PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods processElement1(value, ctx, out) and processElement2(value, ctx, out) and, for timers, onTimer(timestamp, ctx, out). Both see the state of the same key.',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type KeyedCoProcessFunctionConfig = ConfigOf<typeof fields>;

export const keyedCoProcessFunction = defineOperator({
  type: 'keyed-co-process-function',
  title: 'Keyed co-process function',
  category: 'transformation',
  summary: 'Runs your own code for the records of two keyed streams that share state and timers per key.',
  keywords: ['KeyedCoProcessFunction', 'CoProcessFunction', 'connect', 'two streams', 'timer', 'state', 'join', 'enrich', 'custom'],
  fields,
  inputs: [
    { name: 'in1', title: 'First', keyed: true },
    { name: 'in2', title: 'Second', keyed: true },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(KEYED_CO_PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(KEYED_CO_PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
