import { defineOperator } from '../definition.ts';
import type { ConfigOf, TextField } from '../fields.ts';

const fields = {
  stateName: {
    kind: 'text',
    label: 'Name',
    help: 'Clients ask for the state by this name. No other queryable state of the pipeline may have it.',
    required: true,
    placeholder: 'lastReading',
    default: '',
  } satisfies TextField,
} as const;

export type QueryableStateConfig = ConfigOf<typeof fields>;

export const queryableState = defineOperator({
  type: 'queryable-state',
  title: 'Queryable state',
  category: 'sink',
  summary: 'Keeps the latest record of every key, for clients to look up while the job runs.',
  keywords: ['asqueryablestate', 'setqueryable', 'getkvstate', 'lookup', 'query', 'dashboard', 'latest', 'client', 'state'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: () => [],
  stateful: true,
  queryable: (config) => ({ name: config.stateName.trim(), field: 'stateName' }),
  shapes: () => ({ ports: {}, problems: [] }),
  face: ({ stateName }) => (stateName.trim() === '' ? 'no name yet' : stateName.trim()),
  load: () => import('./operator.ts'),
});
