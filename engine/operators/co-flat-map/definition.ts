import { codeField, OUTPUT_FIELDS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { CO_FLAT_MAP_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  flatMap1(value, out) {
    out.collect(value);
  },

  flatMap2(value, out) {
    out.collect(value);
  },
})`;

const fields = {
  code: codeField(
    CO_FLAT_MAP_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods flatMap1(value, out) and flatMap2(value, out), one for each input. Keyed state is got in open(ctx) when both inputs are keyed.',
  ),
  schema: OUTPUT_FIELDS,
} as const satisfies Fields;

export type CoFlatMapConfig = ConfigOf<typeof fields>;

export const coFlatMap = defineOperator({
  type: 'co-flat-map',
  title: 'Co-flat-map',
  category: 'transformation',
  summary: 'Makes any number of records from each record of two streams, which may share state per key.',
  keywords: ['CoFlatMapFunction', 'RichCoFlatMapFunction', 'connect', 'two streams', 'control stream', 'filter'],
  fields,
  inputs: [
    { name: 'in1', title: 'First' },
    { name: 'in2', title: 'Second' },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(CO_FLAT_MAP_FUNCTION, config, inputs),
  face: (config) => processFace(CO_FLAT_MAP_FUNCTION, config),
  load: () => import('./operator.ts'),
});
