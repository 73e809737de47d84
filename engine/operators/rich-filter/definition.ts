import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { codeField } from '../../process/process-fields.ts';
import { processFace, processShapes } from '../../process/process-shapes.ts';
import { RICH_FILTER_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  open(ctx) {
    this.last = ctx.getState('last');
  },

  filter(value) {
    const isNew = JSON.stringify(value) !== this.last.value();
    this.last.update(JSON.stringify(value));
    return isNew;
  },
})`;

const fields = {
  code: codeField(
    RICH_FILTER_FUNCTION,
    FIRST_CODE,
    'An object or a class with a method filter(value): the records for which it returns true go on. open(ctx) and close() are called once per subtask.',
  ),
} as const satisfies Fields;

export type RichFilterConfig = ConfigOf<typeof fields>;

export const richFilter = defineOperator({
  type: 'rich-filter',
  title: 'Rich filter',
  category: 'transformation',
  summary: 'Keeps the records for which a method returns true, with a life cycle, the runtime context and state.',
  keywords: [
    'RichFilterFunction',
    'open',
    'close',
    'life cycle',
    'lifecycle',
    'runtime context',
    'duplicates',
    'distinct',
    'FilterFunction',
    'ValueState',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Kept records' }],
  stateful: true,
  shapes: (config, inputs) =>
    processShapes(RICH_FILTER_FUNCTION, { ...config, schema: (inputs[0]?.schema ?? EMPTY_SCHEMA).fields }, inputs),
  face: (config) => processFace(RICH_FILTER_FUNCTION, { ...config, schema: [] }),
  load: () => import('./operator.ts'),
});
