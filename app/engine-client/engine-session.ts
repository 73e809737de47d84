import type { EngineApi, EngineEvent, JobError } from '../../engine/api/index.ts';
import { isTerminal, toJobError } from '../../engine/api/index.ts';

/** A running coordinator. */
export interface EngineConnection {
  readonly api: EngineApi<Blob>;
  /** Called at most once, when the coordinator died by itself. */
  onDeath(listener: (reason: string) => void): void;
  terminate(): void;
}

type Listener = (events: readonly EngineEvent[]) => void;

/** A coordinator that does not answer a ping for so long, while a job runs, is dead: it never runs user code. */
const PING_TIMEOUT_MS = 20_000;
const PING_PERIOD_MS = 5_000;

/** One life of a coordinator. */
export class EngineSession {
  readonly connection: EngineConnection;
  readonly subscribed: Promise<void>;
  /** Rejects when the coordinator dies; never resolves. */
  readonly death: Promise<never>;
  readonly #listener: Listener;
  readonly #onEnd: (session: EngineSession) => void;
  #reject: (error: JobError) => void = () => undefined;
  #runningJobId: string | null = null;
  #pingTimer: ReturnType<typeof setInterval> | null = null;
  #ended = false;

  constructor(connection: EngineConnection, listener: Listener, onEnd: (session: EngineSession) => void) {
    this.connection = connection;
    this.#listener = listener;
    this.#onEnd = onEnd;
    this.death = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    // Nobody may be waiting when it dies; whoever calls gets the rejection through its own race.
    this.death.catch(() => undefined);
    connection.onDeath((reason) => this.#die(reason));
    this.subscribed = Promise.race([connection.api.subscribe((events) => this.#receive(events)), this.death]);
    this.subscribed.catch(() => undefined);
  }

  #receive(events: readonly EngineEvent[]): void {
    if (this.#ended) return;
    for (const event of events) {
      if (event.type !== 'status') continue;
      if (!isTerminal(event.status)) this.#runningJobId = event.jobId;
      else if (this.#runningJobId === event.jobId) this.#runningJobId = null;
    }
    this.#watch();
    this.#listener(events);
  }

  /** Only a running job is watched: an idle coordinator has nothing that could hang. */
  #watch(): void {
    if (this.#runningJobId !== null) this.#pingTimer ??= setInterval(() => void this.#ping(), PING_PERIOD_MS);
    else this.#stopWatching();
  }

  #stopWatching(): void {
    if (this.#pingTimer !== null) clearInterval(this.#pingTimer);
    this.#pingTimer = null;
  }

  async #ping(): Promise<void> {
    const timer = setTimeout(() => this.#die('it stopped answering'), PING_TIMEOUT_MS);
    try {
      await this.connection.api.protocolVersion();
    } catch (thrown) {
      this.#die(toJobError(thrown).message);
    } finally {
      clearTimeout(timer);
    }
  }

  #die(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWatching();
    this.connection.terminate();
    this.#onEnd(this);
    const error: JobError = {
      code: 'coordinator-lost',
      domain: 'internal',
      retry: 'now',
      message: `The engine stopped unexpectedly (${reason}). Your pipeline and the results so far are untouched; it starts again with the next run.`,
    };
    this.#reject(error);
    const jobId = this.#runningJobId;
    if (jobId !== null) this.#listener([{ type: 'status', jobId, status: 'FAILED', paused: false, error, summary: null }]);
  }
}
