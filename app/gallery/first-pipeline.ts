import type { DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { defaultConfig, definitionOf, documentSchema, emptyDocument } from '../../engine/api/index.ts';
import { OPERATOR_SIZE, VIRTUAL_SIZE } from '../document/edits/node-size.ts';

interface Step {
  readonly type: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Centre, in pixels of the canvas. */
  readonly centre: readonly [number, number];
  readonly note?: string;
}

const COLUMN = 304;
const ROW = 192;
const START = { x: OPERATOR_SIZE.width / 2, y: OPERATOR_SIZE.height / 2 };

/** Averages per sensor and 10 seconds of event time, from readings that arrive out of order and sometimes late. */
const STEPS: readonly Step[] = [
  {
    type: 'sensor-source',
    name: 'Sensor readings',
    config: { sensors: 10, recordsPerSecond: 20, count: 0, disorderMs: 2000, latePercent: 2, lateByMs: 8000 },
    centre: [0, 0],
    note: 'A seeded generator: the same readings in every run. Two of a hundred come too late on purpose.',
  },
  {
    type: 'timestamps-and-watermarks',
    name: 'Event time',
    config: { timestampField: 'timestamp', strategy: 'bounded-out-of-orderness', maxOutOfOrdernessMs: 2000 },
    centre: [COLUMN, 0],
  },
  { type: 'filter', name: 'Warm readings', config: { predicate: '(r) => r.temperature > 25' }, centre: [2 * COLUMN, 0] },
  { type: 'key-by', name: 'Key by sensor', config: { mode: 'fields', columns: ['id'] }, centre: [-30, ROW] },
  {
    type: 'tumbling-window',
    name: '10 second average',
    config: {
      size: 10_000,
      aggregates: [
        { fn: 'count', column: '', as: 'readings' },
        { fn: 'avg', column: 'temperature', as: 'avg_temperature' },
        { fn: 'max', column: 'temperature', as: 'max_temperature' },
      ],
      lateData: 'drop',
    },
    centre: [COLUMN, ROW],
  },
  { type: 'table-sink', name: 'Averages', config: {}, centre: [2 * COLUMN, ROW] },
];

/** The pipeline a new visitor sees running. */
export function firstPipeline(documentId: string): PipelineDocument {
  const nodes = STEPS.map(nodeOf);
  const edges = nodes.slice(1).map((node, index) => ({ id: `edge-${index + 1}`, source: nodes[index]?.id, target: node.id }));
  return documentSchema.parse({ ...emptyDocument(documentId), job: { name: 'Sensor averages' }, nodes, edges });
}

function nodeOf(step: Step): DocumentNode {
  const definition = definitionOf(step.type);
  const size = definition?.partitioner === undefined ? OPERATOR_SIZE : VIRTUAL_SIZE;
  return {
    id: `${step.type}-1`,
    type: step.type,
    name: step.name,
    config: { ...(definition === undefined ? {} : defaultConfig(definition.fields)), ...step.config },
    position: { x: START.x + step.centre[0] - size.width / 2, y: START.y + step.centre[1] - size.height / 2 },
    ...(step.note === undefined ? {} : { note: step.note }),
  };
}
