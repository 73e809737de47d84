import { JobFailure, toJobError } from '../api/errors.ts';
import type { Row } from '../batch/schema.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { identityOf } from '../state/identity-of.ts';
import type { KeyedStateEntry } from '../state/keyed-state-backend.ts';
import type { Identity } from '../time/timer-service.ts';
import { stateGone, unknownState } from './queryable-state-errors.ts';

/** A running job, as far as a client needs it: the job master. */
export interface QueriedJob {
  /** Rejects when the job has ended. */
  snapshot(): Promise<JobSnapshot>;
}

/** The queryable state of a job at one position of all its sources. */
export class QueryableStateView {
  /** All records at smaller positions of all sources are in. */
  readonly position: number;
  readonly #states: ReadonlyMap<string, ReadonlyMap<Identity, Row>>;

  constructor(graph: ExecutionGraph, snapshot: JobSnapshot) {
    this.position = snapshot.position;
    this.#states = new Map(
      graph.vertices.flatMap(({ operators }) =>
        operators.flatMap(({ nodeId, queryableState }) =>
          queryableState === undefined ? [] : [[queryableState, latestOf(snapshot, nodeId)] as const],
        ),
      ),
    );
  }

  /**
   * The latest record of a key: the value of its field, or a list of values when there are several. Null when there is none.
   * @throws JobFailure when the job has no state of this name.
   */
  get(stateName: string, key: unknown): Row | null {
    const state = this.#states.get(stateName);
    if (state !== undefined) return state.get(identityOf(key)) ?? null;
    throw new JobFailure(unknownState(stateName, [...this.#states.keys()]));
  }
}

/** Looks up state of a job while it runs or is paused (Flink: `QueryableStateClient`). Every query, or view for many of them, takes a snapshot. */
export class QueryableStateClient {
  readonly #job: QueriedJob;
  readonly #graph: ExecutionGraph;

  constructor(job: QueriedJob, graph: ExecutionGraph) {
    this.#job = job;
    this.#graph = graph;
  }

  /** Rejects with a `JobFailure` when the job has ended, or has no state of this name. */
  async getKvState(stateName: string, key: unknown): Promise<Row | null> {
    return (await this.view()).get(stateName, key);
  }

  /** For several keys, all of them as they are at the same position. */
  async view(): Promise<QueryableStateView> {
    return new QueryableStateView(this.#graph, await this.#snapshot());
  }

  async #snapshot(): Promise<JobSnapshot> {
    try {
      return await this.#job.snapshot();
    } catch (error) {
      const { code, message } = toJobError(error);
      throw new JobFailure(code === 'job-ended' ? stateGone() : stateGone(message));
    }
  }
}

function latestOf(snapshot: JobSnapshot, nodeId: string): ReadonlyMap<Identity, Row> {
  const latest = new Map<Identity, Row>();
  for (const { state } of snapshot.operators[nodeId]?.subtasks ?? []) {
    for (const entries of state?.keyGroups.values() ?? []) {
      for (const [key, , [kept]] of entries as readonly KeyedStateEntry[]) {
        const [cell] = kept?.[2] ?? [];
        if (cell !== undefined) latest.set(identityOf(key), cell[1] as Row);
      }
    }
  }
  return latest;
}
