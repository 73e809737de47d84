import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { EXECUTION_MODES } from '../../engine/api/index.ts';
import type { JobSettings } from '../../engine/api/index.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { formatDuration, parseDuration } from '../ui/format.ts';
import { FieldFrame } from './FieldFrame.tsx';
import { IntegerInput } from './IntegerInput.tsx';
import { ProblemLine } from './ProblemLine.tsx';
import { describedByProps } from '../ui/described-by.ts';

function set(patch: Partial<JobSettings>, what: string): void {
  documentStore.getState().apply({ kind: 'set-job', patch }, `Change ${what}`);
}

function commit(): void {
  documentStore.getState().endCoalescing();
}

const EXECUTION_MODE_OPTIONS = EXECUTION_MODES.map((mode) => ({ value: mode, label: `${mode.slice(0, 1).toUpperCase()}${mode.slice(1)}` }));

/** What concerns the job as a whole. */
export function JobSettingsForm() {
  const job = useDocument((state) => state.document.job);
  const problems = useDocument((state) => state.analysis.problems);
  // An empty canvas says itself how to begin; that is no mistake.
  const isEmpty = useDocument((state) => state.document.nodes.length === 0);
  const general = isEmpty ? [] : problems.filter((problem) => problem.nodeId === undefined && problem.edgeId === undefined);
  return (
    <section className="inspector" aria-label="Job settings">
      <header className="inspector-header">
        <h2>Job settings</h2>
      </header>
      <div className="inspector-scroll">
        <div className="inspector-form">
          {general.map((problem) => (
            <ProblemLine key={problem.message} problem={problem} />
          ))}
          <FieldFrame label="Name">
            {(ids) => (
              <TextInput
                id={ids.id}
                autoComplete="off"
                value={job.name}
                onChange={(event) => set({ name: event.currentTarget.value }, 'name of the pipeline')}
                onBlur={commit}
              />
            )}
          </FieldFrame>
          <FieldFrame label="Parallelism" help="Number of parallel subtasks of operators that set none of their own.">
            {(ids) => (
              <IntegerInput
                {...ids}
                min={1}
                max={128}
                value={job.parallelism}
                onChange={(parallelism) => parallelism !== undefined && set({ parallelism }, 'parallelism')}
                onCommit={commit}
              />
            )}
          </FieldFrame>
          <FieldFrame
            label="Max parallelism"
            help="Number of key groups: keyed state is divided into so many parts. No operator can be more parallel. Empty: 128, or 256 for operators of parallelism 86 and more."
          >
            {(ids) => (
              <IntegerInput
                {...ids}
                min={1}
                max={32_768}
                value={job.maxParallelism}
                placeholder="By parallelism"
                onChange={(maxParallelism) => set({ maxParallelism }, 'max parallelism')}
                onCommit={commit}
              />
            )}
          </FieldFrame>
          <FieldFrame
            label="Execution mode"
            help="Streaming: results come while records do. Batch, for sources that end: every operator gets its whole input first, keys one after the other, and emits final results only. Automatic: batch if all sources end."
          >
            {(ids) => (
              <NativeSelect
                id={ids.id}
                {...describedByProps(ids.describedBy)}
                data={EXECUTION_MODE_OPTIONS}
                value={job.executionMode}
                onChange={(event) => {
                  const executionMode = EXECUTION_MODES.find((mode) => mode === event.currentTarget.value);
                  if (executionMode !== undefined) set({ executionMode }, 'execution mode');
                  commit();
                }}
              />
            )}
          </FieldFrame>
          <FieldFrame
            label="Operator chaining"
            help="Runs operators of equal parallelism in one task where records stay in their subtask. Off: every operator is a task."
          >
            {(ids) => (
              <Switch
                id={ids.id}
                {...describedByProps(ids.describedBy)}
                checked={job.operatorChaining}
                onChange={(event) => {
                  set({ operatorChaining: event.currentTarget.checked }, 'operator chaining');
                  commit();
                }}
              />
            )}
          </FieldFrame>
          <WatermarkIntervalField intervalMs={job.autoWatermarkIntervalMs} />
          <FieldFrame label="Seed" help="Of all randomness in a run. Same pipeline, data and seed: same run, to the last record.">
            {(ids) => (
              <IntegerInput
                {...ids}
                min={-2_147_483_648}
                max={2_147_483_647}
                value={job.seed}
                onChange={(seed) => seed !== undefined && set({ seed }, 'seed')}
                onCommit={commit}
              />
            )}
          </FieldFrame>
        </div>
        <p className="inspector-empty">Select an operator or an edge to see and change it.</p>
      </div>
    </section>
  );
}

function WatermarkIntervalField({ intervalMs }: { readonly intervalMs: number }) {
  return (
    <FieldFrame label="Auto-watermark interval" help="How often watermarks are generated, in time of the replay. 0: after every record.">
      {(ids) => <IntervalInput id={ids.id} describedBy={ids.describedBy} intervalMs={intervalMs} />}
    </FieldFrame>
  );
}

function readInterval(text: string): number | null {
  const intervalMs = parseDuration(text);
  return intervalMs === null || intervalMs < 0 ? null : intervalMs;
}

function IntervalInput({
  id,
  describedBy,
  intervalMs,
}: {
  readonly id: string;
  readonly describedBy: string;
  readonly intervalMs: number;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const isInvalid = draft !== null && readInterval(draft) === null;
  return (
    <>
      <TextInput
        id={id}
        {...describedByProps(describedBy)}
        autoComplete="off"
        spellCheck={false}
        value={draft ?? formatDuration(intervalMs)}
        error={isInvalid}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setDraft(text);
          const next = readInterval(text);
          if (next !== null) set({ autoWatermarkIntervalMs: next }, 'auto-watermark interval');
        }}
        onBlur={() => {
          setDraft(null);
          commit();
        }}
      />
      {isInvalid ? (
        <p className="inspector-problem" data-severity="error" role="alert">
          Write a number with a unit: 200 ms, 1 s. {formatDuration(intervalMs)} stays in effect until then.
        </p>
      ) : null}
    </>
  );
}
