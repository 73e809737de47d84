import { memo } from 'react';
import { useDocument } from '../document/document-store.ts';
import { useRun } from '../run/run-store.ts';
import { formatCompact, formatCount, formatRate, formatWatermark } from '../ui/format.ts';
import { nodeStatus } from './node-status.ts';
import type { NodeStatus } from './node-status.ts';
import { useLiveFlowing, useLiveNode, useLivePaused, useLiveStatus } from './use-live.ts';

function useNodeStatus(nodeId: string): NodeStatus {
  const metrics = useLiveNode(nodeId);
  const run = useLiveStatus();
  const paused = useLivePaused();
  const failedHere = useRun((state) => state.error?.nodeId === nodeId && state.status === 'FAILED');
  const errors = useDocument(
    (state) => state.analysis.problems.filter((problem) => problem.nodeId === nodeId && problem.severity === 'error').length,
  );
  return nodeStatus({ errors, run, paused, failedHere, metrics });
}

/** Status in words, records per second, watermark. Its own component: numbers change many times a second. */
export const NodeLiveLines = memo(function NodeLiveLines({ nodeId }: { readonly nodeId: string }) {
  const status = useNodeStatus(nodeId);
  const metrics = useLiveNode(nodeId);
  // A rate is of the moment. When nothing flows, what has come so far is what is true.
  const flowing = useLiveFlowing();
  const definition = useDocument((state) => state.analysis.nodes.get(nodeId));
  const hasInput = (definition?.inputs.length ?? 0) > 0;
  const hasOutput = Object.keys(definition?.outputs ?? {}).length > 0;
  return (
    <div className="mr-node-live" data-tone={status.tone}>
      <span className="mr-node-status">
        <span className="mr-dot" aria-hidden="true" />
        {status.text}
      </span>
      {metrics !== undefined && (
        <>
          <span className="mr-node-rates">
            {flowing ? (
              <>
                <span title="Records received per second">{hasInput ? `in ${formatRate(metrics.recordsInPerSecond)}` : ''}</span>
                <span title="Records emitted per second">{hasOutput ? `out ${formatRate(metrics.recordsOutPerSecond)}` : ''}</span>
              </>
            ) : (
              <>
                <span title={`${formatCount(metrics.recordsIn)} records received`}>
                  {hasInput ? `in ${formatCompact(metrics.recordsIn)}` : ''}
                </span>
                <span title={`${formatCount(metrics.recordsOut)} records emitted`}>
                  {hasOutput ? `out ${formatCompact(metrics.recordsOut)}` : ''}
                </span>
              </>
            )}
          </span>
          <span className="mr-node-watermark" title={`Watermark ${formatWatermark(metrics.watermark, 'full')}`}>
            <span>watermark</span>
            {formatWatermark(metrics.watermark)}
          </span>
        </>
      )}
    </div>
  );
});

/**
 * The bar at the node's edge in Flink's colours: idle blue to busy red, backpressured black. The words are in the status. In steps that can be told apart:
 * colours that always change a little never come to rest.
 */
export const NodeHeat = memo(function NodeHeat({ nodeId }: { readonly nodeId: string }) {
  const status = useNodeStatus(nodeId);
  const shown = status.tone === 'ok' || status.tone === 'busy' || status.tone === 'backpressured';
  const running = useLiveStatus() === 'RUNNING';
  if (!shown || !running) return status.tone === 'error' && status.heat > 0 ? <span className="mr-node-heat" data-failed="true" /> : null;
  const colour = status.tone === 'backpressured' ? 'var(--mr-backpressured)' : 'var(--mr-busy)';
  return (
    <span
      className="mr-node-heat"
      aria-hidden="true"
      style={{ background: `color-mix(in oklab, var(--mr-idle), ${colour} ${Math.round(status.heat * 10) * 10}%)` }}
    />
  );
});
