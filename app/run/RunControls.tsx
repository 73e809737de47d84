import { NativeSelect } from '@mantine/core';
import { Pause, Play, RotateCcw, Square, StepForward } from 'lucide-react';
import type { Speed } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { runsDifferently } from './execution-changes.ts';
import { notRunnableReason } from './run-availability.ts';
import { isActive } from './run-state.ts';
import { runStore, useRun } from './run-store.ts';
import { detailText, progressPercent, statusText } from './status-text.ts';
import { ToolButton } from './ToolButton.tsx';
import './run.css';

const SPEEDS: readonly { readonly value: string; readonly label: string; readonly speed: Speed }[] = [
  { value: '0.1', label: '0.1×', speed: 0.1 },
  { value: '1', label: '1×', speed: 1 },
  { value: '10', label: '10×', speed: 10 },
  { value: '100', label: '100×', speed: 100 },
  { value: 'max', label: 'Max', speed: 'max' },
];

/** Run, pause, step and stop the job, and how it is doing. */
export function RunControls() {
  return (
    <div className="run-controls" role="group" aria-label="Run">
      <RunButtons />
      <SpeedSelect />
      <RunStatusLine />
      <ChangedSinceStart />
    </div>
  );
}

function RunButtons() {
  const status = useRun((state) => state.status);
  const paused = useRun((state) => state.paused);
  const refusal = useDocument((state) => notRunnableReason(state.analysis));
  const active = isActive(status);
  const { start, pause, resume, step, stop } = runStore.getState();
  const waiting =
    status === 'CANCELLING' || status === 'FAILING' ? 'The job is ending.' : status === 'starting' ? 'The job is starting.' : null;
  return (
    <>
      {active && !paused ? (
        <ToolButton label="Pause" icon={Pause} primary disabledReason={waiting} onClick={() => void pause()} />
      ) : active ? (
        <ToolButton label="Resume" icon={Play} primary disabledReason={waiting} onClick={() => void resume()} />
      ) : (
        <ToolButton label="Run" icon={Play} primary hint="Run (Ctrl+Enter)" disabledReason={refusal} onClick={() => void start()} />
      )}
      <ToolButton
        label="Step"
        icon={StepForward}
        hint="Step: one more record (F10)"
        disabledReason={active ? waiting : refusal}
        onClick={() => void step(1)}
      />
      <ToolButton
        label="Stop"
        icon={Square}
        hint="Stop the job; results stay"
        disabledReason={active ? (status === 'CANCELLING' ? 'The job is ending.' : null) : 'Nothing is running.'}
        onClick={() => void stop()}
      />
    </>
  );
}

function SpeedSelect() {
  const speed = useRun((state) => state.speed);
  return (
    <NativeSelect
      className="run-speed"
      size="xs"
      aria-label="Speed, times event time"
      title="How many times faster than event time the sources are replayed"
      data={SPEEDS.map(({ value, label }) => ({ value, label }))}
      value={String(speed)}
      onChange={(event) => {
        const chosen = SPEEDS.find((each) => each.value === event.currentTarget.value);
        if (chosen !== undefined) void runStore.getState().setSpeed(chosen.speed);
      }}
    />
  );
}

function RunStatusLine() {
  const status = useRun((state) => state.status);
  const text = useRun(statusText);
  const detail = useRun(detailText);
  return (
    <div className="run-status" data-status={status === 'RUNNING' && text === 'Paused' ? 'paused' : status}>
      <span className="run-status-line">
        <span className="run-status-dot" aria-hidden="true" />
        <span role="status">{text}</span>
        <span className="run-status-detail">{detail}</span>
      </span>
      <RunProgress />
    </div>
  );
}

function RunProgress() {
  const percent = useRun(({ status, progress }) =>
    progress === null || progress.total === null || !isActive(status) ? null : progressPercent(progress.done, progress.total),
  );
  if (percent === null) return null;
  return (
    <div className="run-progress" role="progressbar" aria-label="Input read" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

function ChangedSinceStart() {
  const active = useRun((state) => isActive(state.status) && state.status !== 'starting');
  const started = useRun((state) => state.startedDocument);
  const changed = useDocument((state) => active && started !== null && runsDifferently(started, state.document));
  const refusal = useDocument((state) => notRunnableReason(state.analysis));
  if (!changed) return null;
  return (
    <span className="run-changed">
      <span role="status" title="The running job does not know your latest changes. Restart to apply them.">
        Changed since start
      </span>
      <ToolButton
        label="Restart"
        icon={RotateCcw}
        hint="Restart to apply the changes"
        disabledReason={refusal}
        onClick={() => void runStore.getState().start()}
      />
    </span>
  );
}
