import { Link2, Plus } from 'lucide-react';
import { memo } from 'react';
import { createPortal } from 'react-dom';
import { BaseEdge, Position, getSmoothStepPath } from 'reactflow';
import type { EdgeProps } from 'reactflow';
import type { EdgeMetrics } from '../../engine/api/index.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { useRun } from '../run/run-store.ts';
import { formatCompact, formatCount, formatElapsed, formatRate, formatWatermark } from '../ui/format.ts';
import { useCanvas } from './canvas-store.ts';
import type { FlowEdge } from './flow-elements.ts';
import { useLiveEdge, useLiveFlowing, useLivePaused } from './use-live.ts';

/** A port is larger to hit than to see; the line goes on to what is seen. */
const INTO_PORT = 7;

/** A stream on the canvas: its exchange strategy, how much crosses, and how far its watermark is behind. */
export const ExchangeEdge = memo(function ExchangeEdge(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected } = props;
  const ends = {
    sourceX: sourceX - (sourcePosition === Position.Right ? INTO_PORT : 0),
    sourceY: sourceY - (sourcePosition === Position.Bottom ? INTO_PORT : 0),
    targetX: targetX + INTO_PORT,
    targetY,
  };
  const [path, labelX, labelY] = getSmoothStepPath({ ...ends, sourcePosition, targetPosition, borderRadius: 14 });
  const hovered = useCanvas((state) => state.hoveredEdgeId === id);
  const labels = useCanvas((state) => (state.far && selected !== true && state.hoveredEdgeId !== id ? null : state.edgeLabels));
  const metrics = useLiveEdge(id);
  const running = useLiveFlowing();
  const flowing = running && (metrics?.recordsPerSecond ?? 0) > 0;
  const full = metrics !== undefined && metrics.credits > 0 && metrics.queuedBatches / metrics.credits > 0.85;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={24}
        className="mr-edge"
        style={{ strokeWidth: strokeWidth(flowing ? metrics : undefined) }}
        data-flowing={flowing}
        data-full={full}
        data-selected={selected === true}
      />
      {flowing && (
        <path d={path} className="mr-edge-flow" style={{ strokeWidth: strokeWidth(metrics), animationDuration: flowPace(metrics) }} />
      )}
      {labels !== null &&
        createPortal(
          <div
            className="mr-edge-label nodrag nopan"
            data-selected={selected === true}
            data-edge-id={id}
            data-hovered={hovered}
            // Between two ports of different height the middle of the line stands upright.
            data-upright={targetX > sourceX + 40 && Math.abs(targetY - sourceY) > 1}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            <EdgeLabel edgeId={id} metrics={metrics} />
            <InsertButton edgeId={id} />
          </div>,
          labels,
        )}
    </>
  );
});

/** Logarithmic: from a trickle to millions a second fits between 1.5 and 5 pixels. */
function strokeWidth(metrics: EdgeMetrics | undefined): number {
  if (metrics === undefined) return 1.5;
  return Math.min(5, 1.5 + Math.log10(1 + metrics.recordsPerSecond) * 0.55);
}

function flowPace(metrics: EdgeMetrics | undefined): string {
  const seconds = 1.6 / (1 + Math.log10(1 + (metrics?.recordsPerSecond ?? 0)) / 2);
  return `${Math.round(seconds * 10) / 10}s`;
}

function EdgeLabel({ edgeId, metrics }: { readonly edgeId: string; readonly metrics: EdgeMetrics | undefined }) {
  const analyzed = useDocument((state) => state.analysis.edges.get(edgeId));
  const newest = useRun(newestWatermark);
  const running = useLiveFlowing();
  const paused = useLivePaused();
  const select = () => documentStore.getState().select({ edgeIds: [edgeId] });
  return (
    <button
      type="button"
      className="mr-edge-face"
      tabIndex={-1}
      onClick={select}
      title={edgeDetails(analyzed?.chained === true, metrics, newest)}
    >
      <span className="mr-edge-strategy">
        {analyzed?.chained === true && <Link2 size={11} aria-label="Chained:" />}
        {analyzed?.strategy ?? 'not connected'}
      </span>
      <span className="mr-edge-middle" />
      {metrics !== undefined && (
        <span className="mr-edge-numbers">
          <span>
            {running
              ? formatRate(metrics.recordsPerSecond)
              : paused
                ? 'paused'
                : `${formatCompact(metrics.records)} ${metrics.records === 1 ? 'record' : 'records'}`}
          </span>
          <Behind metrics={metrics} newest={newest} />
        </span>
      )}
    </button>
  );
}

function Behind({ metrics, newest }: { readonly metrics: EdgeMetrics | undefined; readonly newest: number | null }) {
  const behind = watermarkBehind(metrics, newest);
  return behind === null || behind === 0 ? null : <span>{formatElapsed(behind)} behind</span>;
}

/** The most advanced finite watermark of the job: what the others are behind. */
function newestWatermark(state: { readonly edgeMetrics: Readonly<Record<string, EdgeMetrics>> }): number | null {
  let newest: number | null = null;
  for (const { watermark } of Object.values(state.edgeMetrics)) {
    if (watermark !== null && Number.isFinite(watermark) && (newest === null || watermark > newest)) newest = watermark;
  }
  return newest;
}

function watermarkBehind(metrics: EdgeMetrics | undefined, newest: number | null): number | null {
  const watermark = metrics?.watermark ?? null;
  return watermark === null || newest === null || !Number.isFinite(watermark) ? null : newest - watermark;
}

function edgeDetails(chained: boolean, metrics: EdgeMetrics | undefined, newest: number | null): string {
  const lines = [chained ? 'Both operators run in the same task (chained).' : 'Records cross from one task to another.'];
  if (metrics === undefined) return lines.join('\n');
  lines.push(`${formatCount(metrics.records)} records`, `Watermark ${formatWatermark(metrics.watermark, 'full')}`);
  const behind = watermarkBehind(metrics, newest);
  if (behind !== null && behind > 0) lines.push(`${formatElapsed(behind)} behind the most advanced stream`);
  if (metrics.credits > 0) lines.push(`${metrics.queuedBatches} of ${metrics.credits} buffers waiting`);
  return lines.join('\n');
}

function InsertButton({ edgeId }: { readonly edgeId: string }) {
  return (
    <button
      type="button"
      className="mr-edge-insert"
      tabIndex={-1}
      aria-label="Insert an operator here"
      title="Insert an operator here"
      onClick={(event) =>
        useCanvas.setState({ search: { at: { x: event.clientX, y: event.clientY }, placement: { kind: 'on-edge', edgeId } } })
      }
    >
      <Plus size={14} aria-hidden="true" />
    </button>
  );
}
