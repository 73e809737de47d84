import { codeField, OUTPUT_FIELDS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { RICH_MAP_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.subtask = ctx.getRuntimeContext().getIndexOfThisSubtask();
  },

  map(value) {
    return { ...value, subtask: this.subtask };
  },
})`;

const fields = {
  code: codeField(
    RICH_MAP_FUNCTION,
    FIRST_CODE,
    'An object or a class with a method map(value), which returns the new record. open(ctx) and close() are called once per subtask.',
  ),
  schema: OUTPUT_FIELDS,
} as const satisfies Fields;

export type RichMapConfig = ConfigOf<typeof fields>;

export const richMap = defineOperator({
  type: 'rich-map',
  title: 'Rich map',
  category: 'transformation',
  summary: 'Makes one new record from each record, with a life cycle, the runtime context and state.',
  keywords: [
    'RichMapFunction',
    'open',
    'close',
    'life cycle',
    'lifecycle',
    'runtime context',
    'subtask',
    'counter',
    'metrics',
    'MapFunction',
    'ValueState',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(RICH_MAP_FUNCTION, config, inputs),
  face: (config) => processFace(RICH_MAP_FUNCTION, config),
  load: () => import('./operator.ts'),
});
