import { Button, Menu, SegmentedControl, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ChevronDown, Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { definitionOf, toJobError } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { engine } from '../engine-client/engine.ts';
import { saveFile } from '../ui/save-file.ts';
import { formatCount } from '../ui/format.ts';
import { emptyResultsText } from './empty-results.ts';
import { ResultGrid } from './ResultGrid.tsx';
import type { RowsFormat } from './rows-text.ts';
import { rowsText } from './rows-text.ts';
import type { ResultView, RunFacts } from './run-state.ts';
import { useRun } from './run-store.ts';
import type { Sink } from './sinks.ts';
import { sinksOf } from './sinks.ts';

/** Rows that go to the clipboard at most; a file takes all of them. */
const MAX_COPIED_ROWS = 100_000;
const SINKS_SIDE_BY_SIDE = 3;

/** Rows of the sinks, one sink at a time. */
export function ResultsTab() {
  const document = useDocument((state) => state.document);
  const nodes = useDocument((state) => state.analysis.nodes);
  const sinks = useMemo(() => sinksOf(document, nodes), [document, nodes]);
  const [wanted, setWanted] = useState<string | null>(null);
  const sink = sinks.find((each) => each.nodeId === wanted) ?? sinks[0];
  if (sink === undefined) return <p className="run-empty">This pipeline has no sink. Add one to see results here.</p>;
  return (
    <div className="run-tab">
      <div className="run-bar">
        {sinks.length > 1 ? <SinkSelect sinks={sinks} sink={sink} onSelect={setWanted} /> : <h3 className="run-bar-title">{sink.title}</h3>}
        <RowCount sink={sink} />
        <span className="run-bar-space" />
        <SinkActions sink={sink} />
      </div>
      <SinkRows key={sink.nodeId} sink={sink} />
    </div>
  );
}

interface SinkSelectProps {
  readonly sinks: readonly Sink[];
  readonly sink: Sink;
  readonly onSelect: (nodeId: string) => void;
}

function SinkSelect({ sinks, sink, onSelect }: SinkSelectProps) {
  const data = sinks.map(({ nodeId, title }) => ({ value: nodeId, label: title }));
  if (sinks.length <= SINKS_SIDE_BY_SIDE) {
    return <SegmentedControl size="xs" aria-label="Sink" data={data} value={sink.nodeId} onChange={onSelect} />;
  }
  return (
    <Select
      size="xs"
      aria-label="Sink"
      data={data}
      value={sink.nodeId}
      allowDeselect={false}
      onChange={(next) => next !== null && onSelect(next)}
    />
  );
}

function SinkRows({ sink }: { readonly sink: Sink }) {
  const view = useRun((state) => state.results[sink.nodeId]);
  const jobId = useRun((state) => state.jobId);
  const written = useRun((state) => writtenRows(state, sink));
  if (sink.delivery.kind === 'file' && written > 0)
    return <p className="run-empty">{`The rows are in ${sink.delivery.fileName}. Download it to see them.`}</p>;
  if (view === undefined || view.endRow === 0) return <EmptyResults nodeId={sink.nodeId} />;
  return <ResultGrid key={jobId} view={view} label={`Results of ${sink.title}`} />;
}

function EmptyResults({ nodeId }: { readonly nodeId: string }) {
  const document = useDocument((state) => state.document);
  const analysis = useDocument((state) => state.analysis);
  const text = useRun((run) => emptyResultsText({ document, analysis, run, nodeId, categoryOf: (type) => definitionOf(type)?.category }));
  return <p className="run-empty">{text}</p>;
}

/** Rows of a file are written where they are made; the page only hears how many. */
function writtenRows({ nodeMetrics }: Pick<RunFacts, 'nodeMetrics'>, { nodeId }: Sink): number {
  return nodeMetrics[nodeId]?.recordsIn ?? 0;
}

function RowCount({ sink }: { readonly sink: Sink }) {
  const firstRow = useRun((state) => state.results[sink.nodeId]?.firstRow ?? 0);
  const endRow = useRun((state) => (sink.delivery.kind === 'file' ? writtenRows(state, sink) : (state.results[sink.nodeId]?.endRow ?? 0)));
  return (
    <span className="run-bar-count">
      {formatCount(endRow)} {endRow === 1 ? 'row' : 'rows'}
      {firstRow > 0 ? ` · only the newest ${formatCount(endRow - firstRow)} are kept` : ''}
    </span>
  );
}

function SinkActions({ sink }: { readonly sink: Sink }) {
  const hasRun = useRun((state) => state.jobId !== null);
  const { delivery } = sink;
  return (
    <>
      {delivery.kind === 'file' ? (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Download size={14} aria-hidden />}
          disabled={!hasRun}
          onClick={() => attempt(async () => saveFile(await engine.sinkFile(sink.nodeId), delivery.fileName))}
        >
          Download {delivery.fileName}
        </Button>
      ) : (
        <CopyMenu sink={sink} />
      )}
    </>
  );
}

function CopyMenu({ sink }: { readonly sink: Sink }) {
  const view = useRun((state) => state.results[sink.nodeId]);
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-xs"
          rightSection={<ChevronDown size={13} aria-hidden />}
          disabled={view === undefined || view.endRow === 0}
        >
          Copy or save
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => view !== undefined && attempt(() => copyRows(view, 'csv'))}>Copy as CSV</Menu.Item>
        <Menu.Item onClick={() => view !== undefined && attempt(() => copyRows(view, 'json'))}>Copy as JSON</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => view !== undefined && attempt(() => saveRows(view, 'csv', sink.title))}>Save as CSV…</Menu.Item>
        <Menu.Item onClick={() => view !== undefined && attempt(() => saveRows(view, 'json', sink.title))}>Save as JSON…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Lets the page paint and react between two slices of work. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function copyRows(view: ResultView, format: RowsFormat): Promise<void> {
  const from = Math.max(view.table.firstRow, view.endRow - MAX_COPIED_ROWS);
  const parts = await rowsText(view, format, from, view.endRow, nextTask);
  // As a blob: joining megabytes of text would hold up the page.
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': new Blob([...parts], { type: 'text/plain' }) })]);
  const copied = view.endRow - from;
  const message =
    from > view.table.firstRow
      ? `The newest ${formatCount(copied)} rows were copied. Save as a file to have all.`
      : `${formatCount(copied)} rows were copied.`;
  notifications.show({ message });
}

async function saveRows(view: ResultView, format: RowsFormat, title: string): Promise<void> {
  const parts = await rowsText(view, format, view.table.firstRow, view.endRow, nextTask);
  saveFile(new Blob([...parts], { type: format === 'csv' ? 'text/csv' : 'application/json' }), `${title}.${format}`);
}

function attempt(work: () => Promise<void>): void {
  work().catch((thrown: unknown) => notifications.show({ color: 'red', title: 'That did not work', message: toJobError(thrown).message }));
}
