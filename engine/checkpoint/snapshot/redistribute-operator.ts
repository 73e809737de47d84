import { MAX_WATERMARK } from '../../elements/marks.ts';
import { redistributeState } from '../../state/redistribute-state.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { EventTimeProgress, OperatorCounters, OperatorSnapshot, OperatorSubtaskSnapshot } from './job-snapshot.ts';

/**
 * What each subtask of an operator gets of a snapshot: with the same parallelism its own (union lists excepted), with another one keyed state by key
 * group, operator state by its mode, counters summed up, and the event time that all former subtasks had reached.
 */
export function redistributeOperator(
  { subtasks, maxParallelism }: OperatorSnapshot,
  parallelism: number,
): readonly OperatorSubtaskSnapshot[] {
  const keepsState = subtasks.some(({ state }) => state !== null);
  const states = keepsState
    ? redistributeState(
        subtasks.map(({ state }) => state),
        parallelism,
        maxParallelism,
      )
    : [];
  const isSame = subtasks.length === parallelism;
  return Array.from({ length: parallelism }, (_, index): OperatorSubtaskSnapshot => {
    const heirs = isSame ? [subtasks[index] as OperatorSubtaskSnapshot] : subtasks.filter((__, old) => old % parallelism === index);
    const state = states[index] ?? null;
    const isFinished = isSame ? heirs[0]?.isFinished === true : subtasks.every((subtask) => subtask.isFinished);
    return {
      isFinished,
      state: state === null ? null : withOpaqueState(state, heirs, isFinished),
      reading: isSame || index === 0 ? (subtasks[index]?.reading ?? null) : null,
      inputs: isSame ? (heirs[0]?.inputs ?? []) : (subtasks[0]?.inputs ?? []).map((__, input) => commonProgress(subtasks, input)),
      output: isSame ? (heirs[0]?.output as EventTimeProgress) : commonProgress(subtasks, null),
      counters: sumOf(heirs.map(({ counters }) => counters)),
    };
  });
}

/**
 * State that nobody but the operator understands stays with one subtask: of several former ones, the first that had not finished. Whoever works on does not
 * get that of one that had: for it the end of event time has been emitted already.
 */
function withOpaqueState(state: KeyedStateSnapshot, heirs: readonly OperatorSubtaskSnapshot[], isFinished: boolean): KeyedStateSnapshot {
  const heir = heirs.find((one) => !one.isFinished) ?? (isFinished ? heirs[0] : undefined);
  const operator = heir?.state?.operator;
  return operator === undefined ? state : { ...state, operator };
}

/** How far all subtasks that still work have come: nobody may be ahead of what is still to come. `input` null: the output. */
export function commonProgress(subtasks: readonly OperatorSubtaskSnapshot[], input: number | null): EventTimeProgress {
  const working = subtasks.filter(({ isFinished }) => !isFinished);
  const progress = working.flatMap(({ inputs, output }) => (input === null ? output : (inputs[input] ?? [])));
  const active = progress.filter(({ idle }) => !idle);
  const considered = active.length > 0 ? active : progress;
  return {
    watermark: considered.reduce((lowest, { watermark }) => Math.min(lowest, watermark), MAX_WATERMARK),
    idle: progress.length > 0 && active.length === 0,
  };
}

function sumOf(all: readonly OperatorCounters[]): OperatorCounters {
  const sum = (pick: (counters: OperatorCounters) => number): number => all.reduce((total, counters) => total + pick(counters), 0);
  const timestamps = all.map(({ lastTimestamp }) => lastTimestamp).filter((timestamp) => !Number.isNaN(timestamp));
  return {
    recordsIn: sum(({ recordsIn }) => recordsIn),
    recordsOut: sum(({ recordsOut }) => recordsOut),
    sideRecordsOut: sum(({ sideRecordsOut }) => sideRecordsOut),
    lastTimestamp: timestamps.length === 0 ? Number.NaN : Math.max(...timestamps),
    late: sum(({ late }) => late),
    malformed: sum(({ malformed }) => malformed),
    failed: sum(({ failed }) => failed),
  };
}
