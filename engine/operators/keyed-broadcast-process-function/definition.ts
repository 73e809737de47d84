import { codeField, OUTPUT_FIELDS, SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { KEYED_BROADCAST_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.count = ctx.getState('count');
  },

  processElement(value, ctx, out) {
    this.count.update((this.count.value() ?? 0) + 1);
    out.collect(value);
  },

  processBroadcastElement(value, ctx, out) {
    ctx.getBroadcastState('rules').put('last', value);
  },
})`;

const fields = {
  code: codeField(
    KEYED_BROADCAST_PROCESS_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods processElement(value, ctx, out) and processBroadcastElement(value, ctx, out) and, for timers, onTimer(timestamp, ctx, out). Only the second may change broadcast state; it has no key.',
  ),
  schema: OUTPUT_FIELDS,
  sideOutputs: SIDE_OUTPUTS,
} as const satisfies Fields;

export type KeyedBroadcastProcessFunctionConfig = ConfigOf<typeof fields>;

export const keyedBroadcastProcessFunction = defineOperator({
  type: 'keyed-broadcast-process-function',
  title: 'Keyed broadcast process function',
  category: 'transformation',
  summary:
    'Runs your own code for the records of a keyed stream, with state and timers per key, and for the rules that a second stream brings to every subtask.',
  keywords: [
    'KeyedBroadcastProcessFunction',
    'BroadcastState',
    'connect',
    'rules',
    'thresholds',
    'dynamic configuration',
    'timer',
    'state',
    'custom',
  ],
  fields,
  inputs: [
    { name: 'in', title: 'Records', keyed: true },
    { name: 'broadcast', title: 'Broadcast', broadcast: true },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(KEYED_BROADCAST_PROCESS_FUNCTION, config, inputs),
  face: (config) => processFace(KEYED_BROADCAST_PROCESS_FUNCTION, config),
  load: () => import('./operator.ts'),
});
