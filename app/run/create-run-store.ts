import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { EngineApi, EngineEvent, PipelineDocument } from '../../engine/api/index.ts';
import { toJobError } from '../../engine/api/index.ts';
import { EventIntake } from './event-intake.ts';
import type { RunState } from './run-state.ts';
import { isActive, NOTHING_RAN } from './run-state.ts';

export interface RunStoreDependencies {
  readonly engine: EngineApi<Blob>;
  /** The document as it is edited now. */
  readonly document: () => PipelineDocument;
  /** Calls back once, before the next frame is painted (or soon, in a hidden tab). */
  readonly scheduleFrame: (callback: () => void) => void;
}

export type RunStore = StoreApi<RunState>;

/** The store of the running job: takes the engine's events in as they come and shows them once per frame. */
export function createRunStore(dependencies: RunStoreDependencies): RunStore {
  const intake = new EventIntake();
  let framePending = false;

  const publish = (): void => {
    framePending = false;
    store.setState(intake.take(store.getState()));
  };
  const receive = (events: readonly EngineEvent[]): void => {
    for (const event of events) intake.add(event);
    if (framePending) return;
    framePending = true;
    dependencies.scheduleFrame(publish);
  };

  const store: RunStore = createStore<RunState>()(() => ({ ...NOTHING_RAN, ...commandsOf(dependencies, intake, () => store) }));
  dependencies.engine.subscribe(receive).catch((thrown: unknown) => store.setState({ error: toJobError(thrown) }));
  return store;
}

function commandsOf({ engine, document }: RunStoreDependencies, intake: EventIntake, storeOf: () => RunStore) {
  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (thrown) {
      storeOf().setState({ error: toJobError(thrown) });
    }
  };
  let startCount = 0;

  const start = async (options: { readonly startPaused?: boolean } = {}): Promise<void> => {
    const store = storeOf();
    const before = store.getState();
    const started = document();
    const attemptNumber = ++startCount;
    intake.expectNewJob(started);
    store.setState({ status: 'starting', paused: false, error: null });
    try {
      const startPaused = options.startPaused ?? false;
      const jobId = await engine.start(started, { speed: before.speed, startPaused });
      intake.adopt(jobId);
      store.setState(intake.take(store.getState()));
      if (startPaused && store.getState().status === 'RUNNING') store.setState({ paused: true });
    } catch (thrown) {
      // A later start may have cancelled this one; then its own outcome is the one to show.
      if (attemptNumber !== startCount) return;
      intake.keepPresentJob();
      store.setState({ status: before.status, paused: before.paused });
      store.setState({ ...intake.take(store.getState()), error: toJobError(thrown) });
    }
  };

  return {
    start,
    pause: () => attempt(() => engine.pause()),
    resume: () => attempt(() => engine.resume()),
    stop: () => attempt(() => engine.stop()),
    step: (records = 1) =>
      attempt(async () => {
        const { status, paused } = storeOf().getState();
        if (!isActive(status)) {
          await start({ startPaused: true });
          if (storeOf().getState().error !== null) return;
        } else if (!paused) await engine.pause();
        await engine.step(records);
      }),
    setSpeed: (speed: RunState['speed']) => {
      storeOf().setState({ speed });
      return isActive(storeOf().getState().status) ? attempt(() => engine.setSpeed(speed)) : Promise.resolve();
    },
    dismissError: () => storeOf().setState({ error: null }),
    forget: async () => {
      const wasActive = isActive(storeOf().getState().status);
      intake.forget();
      storeOf().setState({ ...NOTHING_RAN, speed: storeOf().getState().speed });
      if (wasActive) await attempt(() => engine.stop());
    },
  };
}
