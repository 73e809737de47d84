import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ListedProblem } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';
import { formatCount } from '../ui/format.ts';
import { useRowWindow } from '../ui/use-row-window.ts';
import { useRun } from './run-store.ts';
import type { SkippedCount, SkippedFilter } from './skipped-records.ts';
import { filterProblems, KIND_NAMES, NO_FILTER, skippedCounts } from './skipped-records.ts';

const ROW_HEIGHT = 26;

/** Records that were late, malformed or failed: counted completely, listed as far as the engine lists them. */
export function SkippedTab() {
  const problems = useRun((state) => state.problems);
  const metrics = useRun((state) => state.nodeMetrics);
  const status = useRun((state) => state.status);
  const [filter, setFilter] = useState<SkippedFilter>(NO_FILTER);
  const counts = useMemo(() => skippedCounts(metrics), [metrics]);
  const shown = useMemo(() => filterProblems(problems, filter), [problems, filter]);
  if (counts.length === 0 && problems.length === 0) {
    return (
      <p className="run-empty">
        {status === 'idle'
          ? 'Late, malformed and failed records are listed here with their line and the reason.'
          : 'No record was skipped.'}
      </p>
    );
  }
  return (
    <div className="run-tab">
      <div className="run-bar">
        <CountChips counts={counts} filter={filter} onFilter={setFilter} />
        <span className="run-bar-space" />
        <span className="run-bar-count">{formatCount(shown.length)} listed</span>
        <TextInput
          size="xs"
          aria-label="Find in reason and content"
          placeholder="Find"
          leftSection={<Search size={13} aria-hidden />}
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
        />
      </div>
      <SkippedList problems={shown} />
    </div>
  );
}

interface CountChipsProps {
  readonly counts: readonly SkippedCount[];
  readonly filter: SkippedFilter;
  readonly onFilter: (filter: SkippedFilter) => void;
}

function CountChips({ counts, filter, onFilter }: CountChipsProps) {
  const document = useDocument((state) => state.document);
  return (
    <div className="run-chips" role="group" aria-label="Filter by operator and kind">
      {counts.map(({ nodeId, kind, count }) => {
        const isChosen = filter.nodeId === nodeId && filter.kind === kind;
        return (
          <button
            key={`${nodeId} ${kind}`}
            type="button"
            className="run-chip"
            aria-pressed={isChosen}
            onClick={() => onFilter({ ...filter, nodeId: isChosen ? null : nodeId, kind: isChosen ? null : kind })}
          >
            {titleOf(document, nodeId)}: {formatCount(count)} {KIND_NAMES[kind].toLowerCase()}
          </button>
        );
      })}
    </div>
  );
}

function SkippedList({ problems }: { readonly problems: readonly ListedProblem[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const document = useDocument((state) => state.document);
  const rows = useRowWindow({ scroller, count: problems.length, rowHeight: ROW_HEIGHT, atEnd: false });
  return (
    <div
      ref={scroller}
      className="run-grid run-skipped"
      role="table"
      aria-label="Skipped records"
      aria-rowcount={problems.length + 1}
      tabIndex={0}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="run-grid-head">
          <span role="columnheader">Kind</span>
          <span role="columnheader">Operator</span>
          <span role="columnheader" data-right="true">
            Line
          </span>
          <span role="columnheader">Reason</span>
          <span role="columnheader">Record</span>
        </div>
      </div>
      <div role="rowgroup" style={{ height: problems.length * ROW_HEIGHT, position: 'relative' }}>
        {problems.slice(rows.start, rows.end).map((problem, i) => (
          <SkippedRow
            key={rows.keyOf(rows.start + i)}
            problem={problem}
            index={rows.start + i}
            top={(rows.start + i) * ROW_HEIGHT}
            operator={titleOf(document, problem.nodeId)}
          />
        ))}
      </div>
    </div>
  );
}

interface SkippedRowProps {
  readonly problem: ListedProblem;
  readonly index: number;
  readonly top: number;
  readonly operator: string;
}

function SkippedRow({ problem, index, top, operator }: SkippedRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="run-grid-row"
      data-odd={index % 2 === 1}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">{KIND_NAMES[problem.kind]}</span>
      <span role="cell">
        <button type="button" className="run-link" onClick={() => revealField(problem.nodeId)}>
          {operator}
        </button>
      </span>
      <span role="cell" data-right="true">
        {formatCount(problem.position)}
      </span>
      <span role="cell" title={problem.reason}>
        {problem.reason}
      </span>
      <span role="cell" title={problem.content} className="run-skipped-content">
        {problem.content}
      </span>
    </div>
  );
}
