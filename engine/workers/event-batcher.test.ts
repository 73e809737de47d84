import { describe, expect, it } from 'vitest';
import type { EngineEvent, MetricsEvent, ProblemsEvent } from '../api/engine-api.ts';
import { EventBatcher } from './event-batcher.ts';

const metrics = (elapsedMs: number): MetricsEvent => ({
  type: 'metrics',
  jobId: 'job-1',
  elapsedMs,
  nodes: [],
  edges: [],
  progress: { done: 0, total: null, unit: 'records' },
});
const problems = (position: number): ProblemsEvent => ({
  type: 'problems',
  jobId: 'job-1',
  problems: [{ nodeId: 'n', kind: 'late', position, reason: '', content: '' }],
});

/** A frame clock that ticks when the test says so. */
function frames(): { later: (delayMs: number, work: () => void) => void; tick: () => Promise<void> } {
  let waiting: (() => void)[] = [];
  return {
    later: (_delayMs, work) => {
      waiting.push(work);
    },
    tick: async () => {
      const due = waiting;
      waiting = [];
      for (const work of due) work();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the event batcher', () => {
  it('sends what came since the last frame in one call, of metrics only the newest', async () => {
    const { later, tick } = frames();
    const calls: (readonly EngineEvent[])[] = [];
    const batcher = new EventBatcher(later);
    batcher.listen((events) => {
      calls.push(events);
    });
    void batcher.add(metrics(1));
    void batcher.add(problems(7));
    void batcher.add(metrics(2));
    await tick();
    expect(calls).toEqual([[problems(7), metrics(2)]]);
  });

  it('holds back whoever waits until the client has taken the events', async () => {
    const { later, tick } = frames();
    let release = (): void => undefined;
    const batcher = new EventBatcher(later);
    batcher.listen(() => new Promise<void>((resolve) => (release = resolve)));
    let taken = false;
    void batcher.add(problems(1)).then(() => {
      taken = true;
    });
    await tick();
    expect(taken).toBe(false);
    release();
    await tick();
    expect(taken).toBe(true);
  });

  it('keeps events until somebody listens', async () => {
    const { later, tick } = frames();
    const calls: (readonly EngineEvent[])[] = [];
    const batcher = new EventBatcher(later);
    void batcher.add(problems(1));
    await tick();
    batcher.listen((events) => {
      calls.push(events);
    });
    await tick();
    expect(calls).toEqual([[problems(1)]]);
  });
});
