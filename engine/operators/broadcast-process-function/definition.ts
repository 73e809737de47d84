import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { BROADCAST_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  processElement(value, ctx, out) {
    out.collect(value);
  },

  processBroadcastElement(value, ctx, out) {
    ctx.getBroadcastState('rules').put('last', value);
  },
})`;

const fields = {
  code: codeField(
    BROADCAST_PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods processElement(value, ctx, out) and processBroadcastElement(value, ctx, out). Only the second may change broadcast state.',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type BroadcastProcessFunctionConfig = ConfigOf<typeof fields>;

export const broadcastProcessFunction = defineOperator({
  type: 'broadcast-process-function',
  title: 'Broadcast process function',
  category: 'transformation',
  summary: 'Runs your own code for the records of a stream and for the rules that a second stream brings to every subtask.',
  keywords: ['BroadcastProcessFunction', 'BroadcastState', 'connect', 'rules', 'control stream', 'dynamic configuration', 'custom'],
  fields,
  inputs: [
    { name: 'in', title: 'Records' },
    { name: 'broadcast', title: 'Broadcast', broadcast: true },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(BROADCAST_PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(BROADCAST_PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
