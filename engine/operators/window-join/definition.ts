import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { oneLine } from '../../functions/check-function.ts';
import { joinKeyProblems } from '../../joins/join-keys.ts';
import { JOIN_WINDOW_FIELDS, joinWindowPorts, joinWindowProblems, joinWindowShapes, joinWindowText } from '../../joins/join-windows.ts';
import { JOINED_FIELDS, joinedSchemaOf } from '../../joins/joined-record.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  ...JOIN_WINDOW_FIELDS,
  ...JOINED_FIELDS,
} as const satisfies Fields;

export type WindowJoinConfig = ConfigOf<typeof fields>;

export const windowJoin = defineOperator({
  type: 'window-join',
  title: 'Window join',
  category: 'window',
  summary: 'Joins every record with all records of another stream that have the same key and are in the same window.',
  keywords: ['join', 'where', 'equalTo', 'JoinFunction', 'JoinedStreams', 'two streams', 'inner join', 'cross product'],
  fields,
  inputs: [
    { name: 'in1', title: 'Left', keyed: true },
    { name: 'in2', title: 'Right', keyed: true },
  ],
  outputs: (config) => joinWindowPorts(config, 'Pairs'),
  stateful: true,
  shapes: (config, inputs) => {
    const [left = EMPTY_SCHEMA, right = EMPTY_SCHEMA] = inputs.map(({ schema }) => schema);
    const { schema, problems } = joinedSchemaOf(config, left, right);
    return {
      ports: joinWindowShapes(config, inputs, schema),
      problems: [...joinWindowProblems(config, inputs), ...joinKeyProblems(inputs), ...problems],
    };
  },
  face: (config) => [joinWindowText(config), oneLine(config.combine)].filter((part) => part !== '').join(' · '),
  load: () => import('./operator.ts'),
});
