import { codeField, OUTPUT_FIELDS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { RICH_FLAT_MAP_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.last = ctx.getState('last');
  },

  flatMap(value, out) {
    const last = this.last.value();
    this.last.update(value);
    if (last !== null) out.collect(value);
  },
})`;

const fields = {
  code: codeField(
    RICH_FLAT_MAP_FUNCTION,
    FIRST_CODE,
    'An object or a class with a method flatMap(value, out), which gives new records to out.collect. open(ctx) and close() are called once per subtask.',
  ),
  schema: OUTPUT_FIELDS,
} as const satisfies Fields;

export type RichFlatMapConfig = ConfigOf<typeof fields>;

export const richFlatMap = defineOperator({
  type: 'rich-flat-map',
  title: 'Rich flat map',
  category: 'transformation',
  summary: 'Makes any number of new records from each record, with a life cycle, the runtime context and state.',
  keywords: [
    'RichFlatMapFunction',
    'open',
    'close',
    'life cycle',
    'lifecycle',
    'runtime context',
    'subtask',
    'counter',
    'metrics',
    'FlatMapFunction',
    'ValueState',
    'alert',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(RICH_FLAT_MAP_FUNCTION, config, inputs),
  face: (config) => processFace(RICH_FLAT_MAP_FUNCTION, config),
  load: () => import('./operator.ts'),
});
