import type { Batch } from '../batch/batch.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import type { DeliverySnapshot, JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import { deployJob } from '../runtime/deploy.ts';
import type { DeployedJob } from '../runtime/deploy.ts';
import { JobCheckpoint } from '../runtime/job-checkpoint.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import type { Subtask } from '../runtime/subtask.ts';
import { copyValue } from '../state/copy-value.ts';
import { assert, must } from '../util/assert.ts';
import { SeededRandom } from '../util/random.ts';
import { MemoryByteInput } from './memory-byte-input.ts';

export interface ShuffledRun {
  readonly document: PipelineDocument;
  readonly lookup: DefinitionLookup;
  /** Bytes by data id. */
  readonly data: Readonly<Record<string, Uint8Array>>;
  /** Decides which subtask is next, and how much a source reads. */
  readonly seed: number;
  readonly fused?: boolean;
  /** Triggers a checkpoint before so many-th turn (ascending), or as soon as the one before it is complete. */
  readonly checkpoints?: readonly { readonly turn: number; readonly mode: CheckpointMode }[];
  readonly restoreFrom?: JobSnapshot;
}

export interface ShuffledResult {
  /** Rows with timestamp and origin by sink subtask, in order. */
  readonly delivered: Readonly<Record<string, readonly string[]>>;
  /** Records in and out of every operator subtask. */
  readonly counters: readonly string[];
  readonly checkpoints: readonly CompletedCheckpoint[];
}

export function graphOf(document: PipelineDocument, lookup: DefinitionLookup): ExecutionGraph {
  const analysis = analyzeDocument(document, lookup);
  const errors = analysis.problems.filter((problem) => problem.severity === 'error');
  assert(errors.length === 0, () => `the document under test can run: ${errors.map((problem) => problem.message).join(' ')}`);
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, lookup));
}

/**
 * A whole job whose subtasks run in random order, so that they are at different places at any moment and their channels are full of records. Results do
 * not depend on it; what a checkpoint finds does.
 */
export async function runShuffled(run: ShuffledRun): Promise<ShuffledResult> {
  const rows: Record<string, string[]> = {};
  const job = await deployInMemory(run, (key, row) => (rows[key] ??= []).push(row));
  for (const subtask of job.subtasks) subtask.open();
  const random = new SeededRandom(run.seed);
  const due = [...(run.checkpoints ?? [])];
  const checkpoints: CompletedCheckpoint[] = [];
  let pending: JobCheckpoint | null = null;
  let nextId = 1;
  let fruitless = 0;
  for (let turn = 0; !job.subtasks.every(({ isFinished }) => isFinished); turn++) {
    const next = due[0];
    if (next !== undefined && turn >= next.turn && pending?.isOver !== false) {
      due.shift();
      pending = new JobCheckpoint(job, nextId++, next.mode, {
        deliveryOf: (nodeId, index) => deliveryOf(rows[`${nodeId}#${index}`]),
        completed: (checkpoint) => checkpoints.push(copyValue(checkpoint)),
        declined: (id, subtask, reason) => assert(false, () => `checkpoint ${id} declined by ${subtask}: ${reason}`),
      });
      pending.trigger();
    }
    const subtask = job.subtasks[random.nextInt(job.subtasks.length)] as Subtask;
    fruitless = work(subtask, random) ? 0 : fruitless + 1;
    assert(fruitless < 2000 * job.subtasks.length, 'a job that has not ended can go on');
  }
  assert(pending?.isOver !== false, 'a checkpoint is complete when the job ends');
  for (const subtask of job.subtasks) subtask.close();
  return { delivered: rows, counters: countersOf(job), checkpoints };
}

/** False: there was nothing to do. */
function work(subtask: Subtask, random: SeededRandom): boolean {
  if (!subtask.isSource) return subtask.runOnce();
  if (subtask.isFinished || !subtask.hasCredit) return false;
  subtask.poll({ endPosition: Number.POSITIVE_INFINITY, maxRecords: 1 + random.nextInt(8) });
  return true;
}

/** The job, not yet opened. `deliver` gets each row with timestamp and origin, by `<node id>#<subtask>`. */
export async function deployInMemory(run: Omit<ShuffledRun, 'seed'>, deliver: (key: string, row: string) => void): Promise<DeployedJob> {
  const graph = graphOf(run.document, run.lookup);
  return deployJob(
    graph,
    {
      operatorIds: graph.vertices.flatMap((vertex) => vertex.operators.map(({ nodeId }) => nodeId)),
      fused: run.fused ?? true,
      loadOperator: (type) => must(run.lookup(type)?.load, `the runtime of ${type}`)(),
      openInput: (dataId) => new MemoryByteInput(must(run.data[dataId], `data ${dataId}`), [64, 0, 200]),
      setRunning: () => undefined,
      listProblem: () => undefined,
      deliver: (nodeId, subtaskIndex, batch) => {
        for (let j = 0; j < batch.selectedCount; j++) deliver(`${nodeId}#${subtaskIndex}`, textOf(batch, batch.rowAt(j)));
      },
    },
    run.restoreFrom ?? null,
  );
}

function textOf(batch: Batch, row: number): string {
  return JSON.stringify([batch.recordAt(row), batch.timestamps[row], batch.origins[row]]);
}

function deliveryOf(rows: readonly string[] | undefined): DeliverySnapshot | null {
  return rows === undefined ? null : { delivered: rows.length, traceHash: 0, resultHash: 0 };
}

function countersOf({ subtasks }: DeployedJob): string[] {
  return subtasks.flatMap(({ execution, chain }) =>
    chain.links.map(({ stats }) => `${execution.id} ${stats.nodeId} ${JSON.stringify(stats.counters())} ${stats.watermark}`),
  );
}
