import { Tabs } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useDocument } from '../document/document-store.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { formatCompact, formatCount } from '../ui/format.ts';
import { ErrorPanel } from './ErrorPanel.tsx';
import { MetricsTab } from './MetricsTab.tsx';
import { ProblemsTab } from './ProblemsTab.tsx';
import { ResultsTab } from './ResultsTab.tsx';
import { queryableStatesOf } from './queryable-states.ts';
import { useRun } from './run-store.ts';
import { SkippedTab } from './SkippedTab.tsx';
import { StateTab } from './StateTab.tsx';
import { totalSkipped } from './skipped-records.ts';
import './run.css';

/** What came of the run: rows, problems, skipped records, numbers. It keeps its content after the job ended. */
export function RunPanel() {
  const [wanted, setTab] = useState('results');
  const document = useDocument((state) => state.document);
  const analysis = useDocument((state) => state.analysis);
  const states = useMemo(() => queryableStatesOf(document, analysis), [document, analysis]);
  const tab = wanted === 'state' && states.length === 0 ? 'results' : wanted;
  return (
    <div className="run-panel">
      <ErrorPanel />
      <ErrorBoundary name="The run panel">
        <Tabs value={tab} onChange={(next) => setTab(next ?? 'results')} keepMounted={false} className="run-tabs">
          <Tabs.List aria-label="About the run">
            <Tabs.Tab value="results">Results</Tabs.Tab>
            <Tabs.Tab value="problems">
              Problems
              <ProblemCount />
            </Tabs.Tab>
            <Tabs.Tab value="skipped">
              Skipped records
              <SkippedCountBadge />
            </Tabs.Tab>
            <Tabs.Tab value="metrics">Metrics</Tabs.Tab>
            {states.length > 0 && <Tabs.Tab value="state">State</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="results">
            <ResultsTab />
          </Tabs.Panel>
          <Tabs.Panel value="problems">
            <ProblemsTab />
          </Tabs.Panel>
          <Tabs.Panel value="skipped">
            <SkippedTab />
          </Tabs.Panel>
          <Tabs.Panel value="metrics">
            <MetricsTab />
          </Tabs.Panel>
          {states.length > 0 && (
            <Tabs.Panel value="state">
              <StateTab states={states} />
            </Tabs.Panel>
          )}
        </Tabs>
      </ErrorBoundary>
    </div>
  );
}

function ProblemCount() {
  const errors = useDocument((state) => state.analysis.problems.filter((problem) => problem.severity === 'error').length);
  const warnings = useDocument((state) => state.analysis.problems.length) - errors;
  if (errors + warnings === 0) return null;
  return (
    <span className="run-tab-count" data-severity={errors > 0 ? 'error' : 'warning'}>
      {errors + warnings}
    </span>
  );
}

function SkippedCountBadge() {
  const count = useRun((state) => totalSkipped(state.nodeMetrics));
  if (count === 0) return null;
  return (
    <span className="run-tab-count" title={formatCount(count)}>
      {formatCompact(count)}
    </span>
  );
}
