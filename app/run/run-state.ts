import type {
  EdgeMetrics,
  JobError,
  JobStatus,
  ListedProblem,
  NodeMetrics,
  PipelineDocument,
  ProgressInfo,
  RunSummary,
  Schema,
  Speed,
} from '../../engine/api/index.ts';
import type { ResultTable } from './result-table.ts';

/** What a sink delivered so far. A new object whenever rows came, so that views notice. */
export interface ResultView {
  readonly nodeId: string;
  readonly schema: Schema;
  readonly table: ResultTable;
  /** Rows `[firstRow, endRow)` are kept; rows before were dropped. */
  readonly firstRow: number;
  readonly endRow: number;
}

/** `idle`: nothing has run since the page was opened. `starting`: asked for, not deployed yet. */
export type RunStatus = 'idle' | 'starting' | JobStatus;

/** Facts about the current job, or the last one; they stay after it ended. */
export interface RunFacts {
  readonly jobId: string | null;
  readonly status: RunStatus;
  readonly paused: boolean;
  readonly speed: Speed;
  readonly error: JobError | null;
  /** Present when the job ended by itself. */
  readonly summary: RunSummary | null;
  readonly elapsedMs: number;
  readonly progress: ProgressInfo | null;
  readonly nodeMetrics: Readonly<Record<string, NodeMetrics>>;
  readonly edgeMetrics: Readonly<Record<string, EdgeMetrics>>;
  readonly problems: readonly ListedProblem[];
  /** By node id of the sink. */
  readonly results: Readonly<Record<string, ResultView>>;
  /** The document the job was started from. */
  readonly startedDocument: PipelineDocument | null;
}

/** Commands never reject: what goes wrong is in `error`. */
export interface RunCommands {
  start(options?: { readonly startPaused?: boolean }): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Lets the sources emit `records` more records (default 1). Pauses a running job first; starts one, paused, when none runs. */
  step(records?: number): Promise<void>;
  stop(): Promise<void>;
  setSpeed(speed: Speed): Promise<void>;
  dismissError(): void;
  /** Stops the job and drops everything it left behind: another pipeline was opened. */
  forget(): Promise<void>;
}

export type RunState = RunFacts & RunCommands;

export const NOTHING_RAN: RunFacts = {
  jobId: null,
  status: 'idle',
  paused: false,
  speed: 10,
  error: null,
  summary: null,
  elapsedMs: 0,
  progress: null,
  nodeMetrics: {},
  edgeMetrics: {},
  problems: [],
  results: {},
  startedDocument: null,
};

/** A job exists and has not ended: it can be paused, stepped and stopped. */
export function isActive(status: RunStatus): boolean {
  return status === 'starting' || status === 'CREATED' || status === 'RUNNING' || status === 'FAILING' || status === 'CANCELLING';
}
