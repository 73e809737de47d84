import { codeField, OUTPUT_FIELDS } from '../../process/process-fields.ts';
import { processFace, processOutputs, processShapes } from '../../process/process-shapes.ts';
import { CO_MAP_FUNCTION } from '../../process/user-interface.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const FIRST_CODE = `({
  map1(value) {
    return value;
  },

  map2(value) {
    return value;
  },
})`;

const fields = {
  code: codeField(
    CO_MAP_FUNCTION,
    FIRST_CODE,
    'An object or a class with the methods map1(value) and map2(value), one for each input; both return the new record.',
  ),
  schema: OUTPUT_FIELDS,
} as const satisfies Fields;

export type CoMapConfig = ConfigOf<typeof fields>;

export const coMap = defineOperator({
  type: 'co-map',
  title: 'Co-map',
  category: 'transformation',
  summary: 'Makes one new record from each record of two streams, by a function for each.',
  keywords: ['CoMapFunction', 'RichCoMapFunction', 'connect', 'two streams', 'convert', 'merge types'],
  fields,
  inputs: [
    { name: 'in1', title: 'First' },
    { name: 'in2', title: 'Second' },
  ],
  outputs: processOutputs,
  stateful: true,
  shapes: (config, inputs) => processShapes(CO_MAP_FUNCTION, config, inputs),
  face: (config) => processFace(CO_MAP_FUNCTION, config),
  load: () => import('./operator.ts'),
});
