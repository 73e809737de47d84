import { z } from 'zod';
import { FIELD_TYPES } from '../batch/schema.ts';
import type { Field } from '../batch/schema.ts';

/** Format version of documents this build writes. Older ones are migrated forward (`migrations.ts`), newer ones refused. */
export const DOCUMENT_VERSION = 1;
export const DOCUMENT_FORMAT = 'millrace/pipeline';

/** Flink's `RuntimeExecutionMode`. */
export const EXECUTION_MODES = ['streaming', 'batch', 'automatic'] as const;

const id = z.string().min(1).max(200);

const fieldSchema: z.ZodType<Field> = z.object({
  name: z.string().min(1),
  type: z.enum(FIELD_TYPES as [Field['type'], ...Field['type'][]]),
  nullable: z.boolean().optional(),
  get fields() {
    return z.array(fieldSchema).optional();
  },
});

const jobSchema = z.object({
  name: z.string().default('Untitled pipeline'),
  /** Default parallelism of operators. */
  parallelism: z.number().int().min(1).max(128).default(1),
  /** Number of key groups; upper bound of every parallelism. Missing: of each operator what follows from its parallelism. */
  maxParallelism: z.number().int().min(1).max(32768).optional(),
  /** Batch: every operator gets its whole input first, and emits final results only. Automatic: batch if all sources are bounded. */
  executionMode: z.enum(EXECUTION_MODES).default('streaming'),
  /** Period of watermark generation, in ms on the replay clock; 0 = after every record. */
  autoWatermarkIntervalMs: z.number().min(0).default(200),
  /** False: every operator is a task of its own (Flink: `disableOperatorChaining`). */
  operatorChaining: z.boolean().default(true),
  bufferTimeoutMs: z.number().min(0).default(100),
  /** Seed of all randomness of a run. */
  seed: z.number().int().default(1),
});

const nodeSchema = z.object({
  /** Flink's `uid`. Unique in the document. */
  id,
  /** An operator type; unknown types are kept and shown as placeholders. */
  type: z.string().min(1),
  name: z.string().default(''),
  config: z.record(z.string(), z.unknown()).default({}),
  position: z.object({ x: z.number(), y: z.number() }).default({ x: 0, y: 0 }),
  parallelism: z.number().int().min(1).max(128).optional(),
  maxParallelism: z.number().int().min(1).max(32768).optional(),
  chaining: z.enum(['always', 'head', 'never']).optional(),
  slotSharingGroup: z.string().optional(),
  note: z.string().optional(),
});

const edgeSchema = z.object({
  id,
  source: id,
  sourcePort: z.string().default('out'),
  target: id,
  targetPort: z.string().default('in'),
});

const dataSchema = z.object({
  id,
  name: z.string().min(1),
  format: z.enum(['csv', 'ndjson', 'parquet']),
  /** `inline`: the text is part of the document. `file`: the bytes are kept by the browser (OPFS) or given on the command line. */
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('inline'), text: z.string() }),
    z.object({ kind: z.literal('file'), sizeBytes: z.number().min(0) }),
  ]),
});

export const documentSchema = z.object({
  format: z.literal(DOCUMENT_FORMAT),
  version: z.literal(DOCUMENT_VERSION),
  id,
  job: jobSchema,
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
  data: z.array(dataSchema).default([]),
  /** Viewport of the canvas. */
  view: z.object({ x: z.number(), y: z.number(), zoom: z.number().positive() }).optional(),
});

/** The pipeline as stored and as edited (architecture §4). Plain JSON. */
export type PipelineDocument = z.output<typeof documentSchema>;
export type JobSettings = PipelineDocument['job'];
export type DocumentNode = PipelineDocument['nodes'][number];
export type DocumentEdge = PipelineDocument['edges'][number];
export type DocumentData = PipelineDocument['data'][number];

export function emptyDocument(documentId: string): PipelineDocument {
  return documentSchema.parse({
    format: DOCUMENT_FORMAT,
    version: DOCUMENT_VERSION,
    id: documentId,
    job: {},
    nodes: [],
    edges: [],
  });
}
