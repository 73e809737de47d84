import type { NodeMetrics } from '../../engine/api/index.ts';
import type { RunStatus } from '../run/run-state.ts';

export type StatusTone = 'quiet' | 'ok' | 'busy' | 'backpressured' | 'error' | 'warning';

export interface NodeStatus {
  readonly text: string;
  readonly tone: StatusTone;
  /** 0..1: how much of the tone's colour the node shows. */
  readonly heat: number;
}

/** From Flink's web UI: up to 10 % is OK, up to 50 % low, above that high. */
const BACKPRESSURE_LOW = 0.1;
const BUSY_SHOWN = 0.5;

export interface NodeSituation {
  readonly errors: number;
  readonly run: RunStatus;
  readonly paused: boolean;
  readonly failedHere: boolean;
  readonly metrics: NodeMetrics | undefined;
}

/** The one line of a node that says how it is. */
export function nodeStatus({ errors, run, paused, failedHere, metrics }: NodeSituation): NodeStatus {
  if (failedHere) return { text: 'Failed here', tone: 'error', heat: 1 };
  if (run === 'RUNNING' && metrics !== undefined) return paused ? { text: 'Paused', tone: 'warning', heat: 0 } : runningStatus(metrics);
  if (errors > 0) return { text: errors === 1 ? '1 problem' : `${errors} problems`, tone: 'error', heat: 0 };
  return { text: RUN_TEXT[run], tone: run === 'FINISHED' ? 'ok' : 'quiet', heat: 0 };
}

function runningStatus({ busy, backpressured }: NodeMetrics): NodeStatus {
  if (backpressured > BACKPRESSURE_LOW && backpressured >= busy) {
    return { text: `Backpressured ${percent(backpressured)}`, tone: 'backpressured', heat: backpressured };
  }
  if (busy >= BUSY_SHOWN) return { text: `Busy ${percent(busy)}`, tone: 'busy', heat: busy };
  return { text: 'Running', tone: 'ok', heat: busy };
}

const RUN_TEXT: Readonly<Record<RunStatus, string>> = {
  idle: 'Ready',
  starting: 'Starting',
  CREATED: 'Starting',
  RUNNING: 'Running',
  FAILING: 'Failing',
  FAILED: 'Stopped',
  CANCELLING: 'Stopping',
  CANCELED: 'Stopped',
  FINISHED: 'Finished',
};

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
