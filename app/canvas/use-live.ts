import type { EdgeMetrics, NodeMetrics } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import type { RunStatus } from '../run/run-state.ts';
import { useRun } from '../run/run-store.ts';

/**
 * The job as the canvas shows it. Another pipeline may have nodes of the same ids: numbers of a job that was started from a
 * different document are not this one's.
 */
function useIsOurs(): boolean {
  const documentId = useDocument((state) => state.document.id);
  return useRun((state) => state.startedDocument === null || state.startedDocument.id === documentId);
}

export function useLiveNode(nodeId: string): NodeMetrics | undefined {
  const ours = useIsOurs();
  return useRun((state) => (ours ? state.nodeMetrics[nodeId] : undefined));
}

export function useLiveEdge(edgeId: string): EdgeMetrics | undefined {
  const ours = useIsOurs();
  return useRun((state) => (ours ? state.edgeMetrics[edgeId] : undefined));
}

export function useLiveStatus(): RunStatus {
  const ours = useIsOurs();
  return useRun((state) => (ours ? state.status : 'idle'));
}

export function useLivePaused(): boolean {
  return useRun((state) => state.status === 'RUNNING' && state.paused);
}

/** Records move: the job runs and is not paused. */
export function useLiveFlowing(): boolean {
  const ours = useIsOurs();
  return useRun((state) => ours && state.status === 'RUNNING' && !state.paused);
}
