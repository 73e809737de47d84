import { analyzeDocument } from '../graph/analyze-document.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import type { ListedProblem, RunSummary, WireColumn } from '../api/engine-api.ts';
import type { JobError } from '../api/errors.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import { CHUNK_BYTES } from '../scheduler/chunk-input.ts';
import type { OperatorModule } from '../operators/definition.ts';
import type { TaskReport } from '../scheduler/messages.ts';
import { TaskExecutor } from '../scheduler/task-executor.ts';
import { copyValue } from '../state/copy-value.ts';
import { assert, must } from '../util/assert.ts';

export interface MiniClusterRun {
  readonly document: PipelineDocument;
  readonly lookup: DefinitionLookup;
  /** Bytes by data id. */
  readonly data?: Readonly<Record<string, Uint8Array>>;
  readonly fused?: boolean;
  /** Runs in steps of so many records instead of at full speed. */
  readonly stepRecords?: number;
  /** Takes a snapshot after so many records, at the next quiescent point, and goes on. */
  readonly snapshotAfterRecords?: number;
  /** Triggers a checkpoint after so many slices, each of which is one batch of one subtask. */
  readonly checkpoint?: { readonly afterSlices: number; readonly mode: CheckpointMode };
  readonly restoreFrom?: JobSnapshot;
  /** What `restoreFrom` was taken of, for in-flight data of another layout. */
  readonly restoreGraph?: ExecutionGraph;
}

export interface MiniClusterResult {
  readonly status: 'finished' | 'failed';
  readonly error: JobError | null;
  readonly summary: Omit<RunSummary, 'elapsedMs'> | null;
  /** Delivered rows by sink, in order. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly problems: readonly ListedProblem[];
  /** Null when none was asked for, or the job ended before. */
  readonly snapshot: SnapshotOfRun | null;
  /** Null when none was asked for, or the job ended before. */
  readonly checkpoint: CompletedCheckpoint | null;
  readonly graph: ExecutionGraph;
}

export interface SnapshotOfRun {
  readonly state: JobSnapshot;
  /** What had been delivered and reported by then. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly problems: readonly ListedProblem[];
}

/**
 * A whole job in the test's own thread: the real task executor, with a clock that only the test turns, and no workers. What Flink calls a
 * MiniCluster.
 */
export async function runOnMiniCluster(run: MiniClusterRun): Promise<MiniClusterResult> {
  const { document, lookup, data = {} } = run;
  const analysis = analyzeDocument(document, lookup);
  const errors = analysis.problems.filter((problem) => problem.severity === 'error');
  assert(errors.length === 0, () => `the document under test can run: ${errors.map((problem) => problem.message).join(' ')}`);
  const graph = buildExecutionGraph(document.job, buildJobGraph(document, analysis, lookup));
  const schemas = new Map(graph.vertices.flatMap((vertex) => vertex.operators.map((o) => [o.nodeId, o.inputs[0]?.schema] as const)));

  const modules = await loadAll(graph, lookup);
  const work: (() => void)[] = [];
  const rows: Record<string, Row[]> = {};
  const problems: ListedProblem[] = [];
  let snapshot: SnapshotOfRun | null = null;
  let checkpoint: CompletedCheckpoint | null = null;
  let slices = 0;
  let snapshotDue = run.snapshotAfterRecords ?? null;
  let clock = 0;
  let end: (TaskReport & { kind: 'finished' | 'failed' }) | null = null;
  const onReport = (report: TaskReport): void => {
    if (report.kind === 'rows') {
      (rows[report.nodeId] ??= []).push(
        ...recordsOf(must(schemas.get(report.nodeId), 'the schema of a sink'), report.rowCount, report.columns),
      );
      work.push(() => executor.handle({ kind: 'rows-taken', rowCount: report.rowCount }));
    } else if (report.kind === 'problems') problems.push(...report.problems);
    else if (report.kind === 'need-input') work.push(() => feed(report.dataId, report.offset));
    else if (report.kind === 'paused' && snapshotDue !== null) {
      // First the records before it, then the snapshot.
      const records = snapshotDue;
      snapshotDue = records === 0 ? null : 0;
      work.push(() => executor.handle(records === 0 ? { kind: 'snapshot' } : { kind: 'step', records }));
    } else if (report.kind === 'snapshot') {
      const rowsSoFar = Object.fromEntries(Object.entries(rows).map(([sink, of]) => [sink, [...of]]));
      snapshot = { state: copyValue(report.snapshot), rows: rowsSoFar, problems: [...problems] };
      const records = run.stepRecords;
      work.push(() => executor.handle(records === undefined ? { kind: 'resume' } : { kind: 'step', records }));
    } else if (report.kind === 'checkpoint') checkpoint = copyValue(report.checkpoint);
    else if (report.kind === 'paused' && run.stepRecords !== undefined) {
      const records = run.stepRecords;
      work.push(() => executor.handle({ kind: 'step', records }));
    } else if (report.kind === 'finished' || report.kind === 'failed') end = report;
  };
  const feed = (dataId: string, offset: number): void => {
    const bytes = must(data[dataId], `data ${dataId}`);
    const chunk = bytes.slice(offset, offset + CHUNK_BYTES);
    executor.handle({ kind: 'input', dataId, offset, bytes: chunk, isLast: offset + chunk.length >= bytes.length });
  };
  const executor = new TaskExecutor({
    // A slice ends when its time is up: at once, if slices are counted.
    now: () => (clock += run.checkpoint === undefined ? 0.01 : 10),
    soon: (task) =>
      work.push(() => {
        if (slices++ === run.checkpoint?.afterSlices) {
          executor.handle({ kind: 'trigger-checkpoint', checkpointId: 1, mode: run.checkpoint.mode });
        }
        task();
      }),
    later: (_delayMs, task) => {
      work.push(task);
      return () => undefined;
    },
    loadOperator: (type) => Promise.resolve(must(modules.get(type), `the runtime of ${type}`)),
    port: { post: onReport },
  });
  executor.handle({
    kind: 'deploy',
    graph,
    speed: 'max',
    startPaused: run.stepRecords !== undefined || run.snapshotAfterRecords !== undefined,
    fused: run.fused ?? true,
    inputs: Object.fromEntries(Object.entries(data).map(([id, bytes]) => [id, { sizeBytes: bytes.length }])),
    running: null,
    restoreFrom: run.restoreFrom,
    restoreGraph: run.restoreGraph,
  });
  await untilEnd(work, () => end);
  const ended = must(end as (TaskReport & { kind: 'finished' | 'failed' }) | null, 'the end of the job');
  const result = { rows, problems, snapshot, checkpoint, graph };
  return ended.kind === 'finished'
    ? { status: 'finished', error: null, summary: ended.summary, ...result }
    : { status: 'failed', error: ended.error, summary: null, ...result };
}

/** Loaded before the job, so that from then on everything is the queue and microtasks. */
async function loadAll(graph: ExecutionGraph, lookup: DefinitionLookup): Promise<Map<string, OperatorModule>> {
  const types = new Set(graph.vertices.flatMap((vertex) => vertex.operators.map((operator) => operator.type)));
  const modules = new Map<string, OperatorModule>();
  for (const type of types) modules.set(type, await must(lookup(type)?.load, `the runtime of ${type}`)());
  return modules;
}

async function untilEnd(work: (() => void)[], end: () => unknown): Promise<void> {
  let idleTurns = 0;
  while (end() === null) {
    const task = work.shift();
    if (task !== undefined) {
      task();
      idleTurns = 0;
      continue;
    }
    idleTurns++;
    assert(idleTurns < 10_000, 'a job on the mini cluster ends or fails');
    await Promise.resolve();
  }
}

function recordsOf(schema: Schema, rowCount: number, columns: readonly WireColumn[]): Row[] {
  return Array.from({ length: rowCount }, (_, i) =>
    Object.fromEntries(schema.fields.map((field, c) => [field.name, valueOf(columns[c] as WireColumn, i)])),
  );
}

function valueOf(column: WireColumn, i: number): unknown {
  if (column.kind === 'values') return column.values[i];
  if (column.nulls?.[i] === 1) return null;
  if (column.kind === 'numbers') return column.values[i];
  return column.kind === 'strings' ? column.dictionary[column.codes[i] as number] : column.bytes[i] === 1;
}
