import type { Schema } from '../batch/schema.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import { documentSchema, emptyDocument } from '../graph/document.ts';
import type { DocumentData, DocumentNode, JobSettings, PipelineDocument } from '../graph/document.ts';
import { defineOperator, erased } from '../operators/definition.ts';
import type { AnyDefinition, StreamShape } from '../operators/definition.ts';
import type { ChoiceField } from '../operators/fields.ts';

/** Definitions for tests of the graph: each has one property that matters there, none has a runtime. */

const READING: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'value', type: 'double' },
  ],
};

const common = { category: 'transformation', summary: '', keywords: [], face: () => '' } as const;
const input = { name: 'in', title: 'Input' };
const output = { name: 'out', title: 'Output' };
const same = (_: unknown, inputs: readonly StreamShape[]) => ({ ports: { out: inputs[0] as StreamShape }, problems: [] });

const readings = defineOperator({
  ...common,
  type: 'readings',
  title: 'Readings',
  fields: {
    limit: { kind: 'number', label: 'Limit', default: 100, min: 0 },
    file: { kind: 'data', label: 'File', default: 'sample', formats: ['csv'] },
  },
  inputs: [],
  outputs: () => [output, { name: 'malformed', title: 'Malformed', side: true }],
  bounded: (config) => config.limit > 0,
  shapes: () => ({
    ports: { out: { schema: READING, key: null, eventTime: false }, malformed: { schema: READING, key: null, eventTime: false } },
    problems: [],
  }),
});

const pass = defineOperator({ ...common, type: 'pass', title: 'Pass', fields: {}, inputs: [input], outputs: () => [output], shapes: same });

const stamps = defineOperator({
  ...common,
  type: 'stamps',
  title: 'Stamps',
  fields: {},
  inputs: [input],
  outputs: () => [output],
  shapes: (_, [stream]) => ({ ports: { out: { ...(stream as StreamShape), eventTime: true } }, problems: [] }),
});

const byColumn = defineOperator({
  ...common,
  type: 'by-column',
  title: 'By column',
  fields: { column: { kind: 'column', label: 'Column', default: 'id', required: true } },
  inputs: [input],
  outputs: () => [output],
  partitioner: ({ column }) => ({ kind: 'hash', key: { kind: 'fields', fields: [column] } }),
  shapes: ({ column }, [stream]) => ({
    ports: { out: { ...(stream as StreamShape), key: { kind: 'fields', fields: [column] } } },
    problems: [],
  }),
});

/** As `by-column`, but the type of its key is known only to the stream. */
const byFunction = defineOperator({
  ...common,
  type: 'by-function',
  title: 'By function',
  fields: {},
  inputs: [input],
  outputs: () => [output],
  partitioner: () => ({ kind: 'hash', key: { kind: 'function', source: '(r) => r.id', type: 'any' } }),
  shapes: (_, [stream]) => ({
    ports: { out: { ...(stream as StreamShape), key: { kind: 'function', source: '(r) => r.id', type: 'string' } } },
    problems: [],
  }),
});

const spread = defineOperator({
  ...common,
  type: 'spread',
  title: 'Spread',
  fields: {},
  inputs: [input],
  outputs: () => [output],
  partitioner: () => ({ kind: 'rebalance' }),
  shapes: (_, [stream]) => ({ ports: { out: { ...(stream as StreamShape), key: null } }, problems: [] }),
});

/** Distributes in any way. */
const distribute = defineOperator({
  ...common,
  type: 'distribute',
  title: 'Distribute',
  fields: {
    kind: {
      kind: 'choice',
      label: 'Kind',
      options: [
        { value: 'rescale', label: '' },
        { value: 'shuffle', label: '' },
        { value: 'broadcast', label: '' },
        { value: 'global', label: '' },
        { value: 'forward', label: '' },
      ],
      default: 'rescale',
    } satisfies ChoiceField<'rescale' | 'shuffle' | 'broadcast' | 'global' | 'forward'>,
  },
  inputs: [input],
  outputs: () => [output],
  partitioner: ({ kind }) => (kind === 'forward' ? { kind, isDemanded: true } : { kind }),
  shapes: same,
});

/** Takes many streams and asks for nothing. */
const together = defineOperator({
  ...common,
  type: 'together',
  title: 'Together',
  fields: {},
  inputs: [{ ...input, many: true }],
  outputs: () => [output],
  partitioner: () => ({ kind: 'forward' }),
  shapes: (_, inputs) => ({
    ports: { out: { schema: inputs[0]?.schema ?? READING, key: null, eventTime: inputs.every((stream) => stream.eventTime) } },
    problems: [],
  }),
});

const totals = defineOperator({
  ...common,
  type: 'totals',
  title: 'Totals',
  fields: { column: { kind: 'column', label: 'Column', default: 'value', accepts: ['double'] } },
  inputs: [{ ...input, keyed: true, eventTime: true }],
  outputs: () => [output],
  stateful: true,
  shapes: () => ({
    ports: { out: { schema: { fields: [{ name: 'total', type: 'double' }] }, key: null, eventTime: true } },
    problems: [],
  }),
});

const pair = defineOperator({
  ...common,
  type: 'pair',
  title: 'Pair',
  fields: {},
  inputs: [
    { name: 'in1', title: 'First' },
    { name: 'in2', title: 'Second' },
  ],
  outputs: () => [output],
  shapes: same,
});

const list = defineOperator({
  ...common,
  type: 'list',
  title: 'List',
  fields: {},
  inputs: [input],
  outputs: () => [],
  delivery: () => ({ kind: 'table' }),
  shapes: () => ({ ports: {}, problems: [] }),
});

const single = defineOperator({
  ...common,
  type: 'single',
  title: 'Single',
  fields: {},
  inputs: [input],
  outputs: () => [output],
  fixedParallelism: 1,
  shapes: same,
});

const broken = defineOperator({
  ...common,
  type: 'broken',
  title: 'Broken',
  fields: {},
  inputs: [input],
  outputs: () => [output],
  shapes: () => {
    throw new Error('no luck');
  },
});

const DEFINITIONS = new Map<string, AnyDefinition>(
  [
    erased(readings),
    erased(pass),
    erased(stamps),
    erased(byColumn),
    erased(byFunction),
    erased(spread),
    erased(distribute),
    erased(together),
    erased(totals),
    erased(pair),
    erased(list),
    erased(single),
    erased(broken),
  ].map((definition) => [definition.type, definition]),
);

export const fixtureLookup: DefinitionLookup = (type) => DEFINITIONS.get(type);

export interface FixtureDocument {
  /** Node id → operator type, or the node itself. */
  readonly nodes: Readonly<Record<string, string | (Partial<DocumentNode> & { readonly type: string })>>;
  /** `a > b`, with ports `a.late > b.in2`. The edge's id is the text. */
  readonly edges: readonly string[];
  readonly job?: Partial<JobSettings>;
  readonly data?: readonly DocumentData[];
}

/** A document in a few lines; `sample` is data every document has. */
export function fixtureDocument({ nodes, edges, job = {}, data = [SAMPLE] }: FixtureDocument): PipelineDocument {
  return documentSchema.parse({
    ...emptyDocument('fixture'),
    job,
    data,
    nodes: Object.entries(nodes).map(([id, node]) => (typeof node === 'string' ? { id, type: node } : { id, ...node })),
    edges: edges.map((text) => {
      const [from = '', to = ''] = text.split(' > ');
      const [source, sourcePort] = from.split('.');
      const [target, targetPort] = to.split('.');
      return { id: text, source, sourcePort, target, targetPort };
    }),
  });
}

const SAMPLE: DocumentData = { id: 'sample', name: 'sample.csv', format: 'csv', source: { kind: 'inline', text: 'id,value\na,1\n' } };
