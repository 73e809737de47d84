import { useStore } from 'zustand';
import type { EdgeMetrics, NodeMetrics } from '../../engine/api/index.ts';
import { documentStore } from '../document/document-store.ts';
import { engine } from '../engine-client/engine.ts';
import { createRunStore } from './create-run-store.ts';
import type { RunState, RunStatus } from './run-state.ts';

/** In a hidden tab nothing is painted and animation frames stop, but a job goes on. */
const HIDDEN_TAB_PERIOD_MS = 250;

/** Nobody reads faster than this, and every update of a long table costs a layout. */
const MIN_PERIOD_MS = 80;

let lastFrame = Number.NEGATIVE_INFINITY;

function scheduleFrame(callback: () => void): void {
  if (document.visibilityState === 'hidden') {
    setTimeout(callback, HIDDEN_TAB_PERIOD_MS);
    return;
  }
  const onFrame = (now: number): void => {
    lastFrame = now;
    callback();
  };
  const waitMs = lastFrame + MIN_PERIOD_MS - performance.now();
  if (waitMs > 0) setTimeout(() => requestAnimationFrame(onFrame), waitMs);
  else requestAnimationFrame(onFrame);
}

/** The job of this tab. */
export const runStore = createRunStore({
  engine,
  document: () => documentStore.getState().document,
  scheduleFrame,
});

export function useRun<T>(selector: (state: RunState) => T): T {
  return useStore(runStore, selector);
}

/** Undefined until the operator of the running (or last) job reported. */
export function useNodeMetrics(nodeId: string): NodeMetrics | undefined {
  return useRun((state) => state.nodeMetrics[nodeId]);
}

export function useEdgeMetrics(edgeId: string): EdgeMetrics | undefined {
  return useRun((state) => state.edgeMetrics[edgeId]);
}

export function useRunStatus(): RunStatus {
  return useRun((state) => state.status);
}

export function useRunPaused(): boolean {
  return useRun((state) => state.paused);
}
