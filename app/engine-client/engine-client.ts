import type {
  EngineApi,
  EngineEvent,
  InferredData,
  PipelineDocument,
  QueriedState,
  RunOptions,
  Speed,
  StateQuery,
} from '../../engine/api/index.ts';
import { isJobError, toJobError } from '../../engine/api/index.ts';
import type { EngineConnection } from './engine-session.ts';
import { EngineSession } from './engine-session.ts';

type Listener = (events: readonly EngineEvent[]) => void;

/**
 * The engine as the studio sees it: starts the coordinator at first use, and starts another when it died. Calls under way then
 * reject with `coordinator-lost`, and a job that ran is reported as FAILED with the same error.
 */
export class EngineClient implements EngineApi<Blob> {
  readonly #connect: () => EngineConnection;
  #session: EngineSession | null = null;
  #listener: Listener | null = null;

  constructor(connect: () => EngineConnection) {
    this.#connect = connect;
  }

  protocolVersion(): Promise<number> {
    return this.#call((api) => api.protocolVersion());
  }

  putData(dataId: string, blob: Blob): Promise<void> {
    return this.#call((api) => api.putData(dataId, blob));
  }

  dataSize(dataId: string): Promise<number | null> {
    return this.#call((api) => api.dataSize(dataId));
  }

  removeData(dataId: string): Promise<void> {
    return this.#call((api) => api.removeData(dataId));
  }

  inferData(dataId: string, fileName: string): Promise<InferredData> {
    return this.#call((api) => api.inferData(dataId, fileName));
  }

  start(document: PipelineDocument, options: RunOptions): Promise<string> {
    return this.#call((api) => api.start(document, options));
  }

  pause(): Promise<void> {
    return this.#call((api) => api.pause());
  }

  resume(): Promise<void> {
    return this.#call((api) => api.resume());
  }

  step(records: number): Promise<void> {
    return this.#call((api) => api.step(records));
  }

  setSpeed(speed: Speed): Promise<void> {
    return this.#call((api) => api.setSpeed(speed));
  }

  stop(): Promise<void> {
    return this.#call((api) => api.stop());
  }

  sinkFile(nodeId: string): Promise<Blob> {
    return this.#call((api) => api.sinkFile(nodeId));
  }

  queryState(query: StateQuery): Promise<QueriedState> {
    return this.#call((api) => api.queryState(query));
  }

  async subscribe(listener: Listener): Promise<void> {
    this.#listener = listener;
    await this.#open().subscribed;
  }

  async #call<T>(action: (api: EngineApi<Blob>) => Promise<T>): Promise<T> {
    const session = this.#open();
    try {
      await session.subscribed;
      return await Promise.race([action(session.connection.api), session.death]);
    } catch (thrown) {
      throw isJobError(thrown) ? thrown : toJobError(thrown);
    }
  }

  #open(): EngineSession {
    this.#session ??= new EngineSession(
      this.#connect(),
      (events) => this.#listener?.(events),
      (session) => {
        if (this.#session === session) this.#session = null;
      },
    );
    return this.#session;
  }
}
