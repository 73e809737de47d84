import { useEffect } from 'react';
import { create } from 'zustand';
import type { QueriedState } from '../../engine/api/index.ts';
import { toJobError } from '../../engine/api/index.ts';
import { engine } from '../engine-client/engine.ts';
import { useRun } from './run-store.ts';

/** Entries that are shown; the rest is found by its key. */
export const SHOWN_ENTRIES = 200;
const PERIOD_MS = 500;

interface Answer {
  readonly jobId: string;
  readonly state: QueriedState | null;
  /** Why there is no state. */
  readonly problem: string | null;
}

interface Answers {
  /** The last answer by name of the state. It outlives the job, which the state does not. */
  readonly last: Readonly<Record<string, Answer>>;
}

const useAnswers = create<Answers>()(() => ({ last: {} }));

function remember(stateName: string, answer: Answer): void {
  useAnswers.setState(({ last }) => ({ last: { ...last, [stateName]: answer } }));
}

export interface Watched {
  /** Null: the job of now has not been asked yet. */
  readonly answer: Answer | null;
  /** The job can be asked. */
  readonly isLive: boolean;
}

/** Looks into a queryable state twice a second while the job runs, and after every step of one that is paused. */
export function useQueriedState(nodeId: string, stateName: string, keyContains: string): Watched {
  const jobId = useRun((state) => state.jobId);
  const isLive = useRun((state) => state.status === 'RUNNING');
  const paused = useRun((state) => state.paused);
  const seen = useRun((state) => (state.paused ? (state.nodeMetrics[nodeId]?.recordsIn ?? 0) : 0));
  useEffect(() => {
    if (!isLive || jobId === null) return undefined;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const askedAt = performance.now();
      const answer = await answerOf(jobId, stateName, keyContains);
      if (isOver) return;
      if (answer !== null) remember(stateName, answer);
      // A state of a million keys takes its time: most of it belongs to the job.
      if (!paused) timer = setTimeout(() => void ask(), Math.max(PERIOD_MS, 5 * (performance.now() - askedAt)));
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isLive, jobId, paused, seen, stateName, keyContains]);
  const answer = useAnswers((state) => state.last[stateName] ?? null);
  return { answer: answer?.jobId === jobId ? answer : null, isLive };
}

/** Null: the job ended meanwhile, and the last answer stands. */
async function answerOf(jobId: string, stateName: string, keyContains: string): Promise<Answer | null> {
  try {
    return { jobId, state: await engine.queryState({ stateName, keyContains, limit: SHOWN_ENTRIES }), problem: null };
  } catch (thrown) {
    const { code, message } = toJobError(thrown);
    return code === 'queryable-state-gone' ? null : { jobId, state: null, problem: message };
  }
}
