import type {
  EngineApi,
  EngineEvent,
  InferredData,
  JobError,
  JobStatus,
  PipelineDocument,
  QueriedState,
  RunOptions,
  Speed,
  StateQuery,
  StatusEvent,
} from '../../engine/api/index.ts';

/** An engine for tests of the studio: keeps what it was told, and says what the test wants. */
export class FakeEngine implements EngineApi<Blob> {
  /** Calls in order, e.g. `start job-1 paused`, `step 1`. */
  readonly calls: string[] = [];
  readonly data = new Map<string, Blob>();
  inferred: InferredData = { format: 'csv', delimiter: ',', header: true, fields: [], notes: [] };
  /** The next call rejects with it. */
  refusal: JobError | null = null;
  startedDocument: PipelineDocument | null = null;
  #listener: (events: readonly EngineEvent[]) => void = () => undefined;
  #jobCount = 0;

  get jobId(): string {
    return `job-${this.#jobCount}`;
  }

  emit(...events: EngineEvent[]): void {
    this.#listener(events);
  }

  status(status: JobStatus, rest: Partial<StatusEvent> = {}): void {
    this.emit({ type: 'status', jobId: this.jobId, status, paused: false, error: null, summary: null, ...rest });
  }

  async protocolVersion(): Promise<number> {
    return 1;
  }

  async putData(dataId: string, blob: Blob): Promise<void> {
    this.#note(`putData ${dataId}`);
    this.data.set(dataId, blob);
  }

  async dataSize(dataId: string): Promise<number | null> {
    return this.data.get(dataId)?.size ?? null;
  }

  async removeData(dataId: string): Promise<void> {
    this.#note(`removeData ${dataId}`);
    this.data.delete(dataId);
  }

  async inferData(dataId: string): Promise<InferredData> {
    this.#note(`inferData ${dataId}`);
    return this.inferred;
  }

  async start(document: PipelineDocument, options: RunOptions): Promise<string> {
    this.#note(`start ${options.speed}${options.startPaused ? ' paused' : ''}`);
    this.#jobCount++;
    this.startedDocument = document;
    this.status('RUNNING', { paused: options.startPaused });
    return this.jobId;
  }

  async pause(): Promise<void> {
    this.#note('pause');
    this.status('RUNNING', { paused: true });
  }

  async resume(): Promise<void> {
    this.#note('resume');
    this.status('RUNNING');
  }

  async step(records: number): Promise<void> {
    this.#note(`step ${records}`);
  }

  async setSpeed(speed: Speed): Promise<void> {
    this.#note(`setSpeed ${speed}`);
  }

  async stop(): Promise<void> {
    this.#note('stop');
    this.status('CANCELED');
  }

  async sinkFile(nodeId: string): Promise<Blob> {
    this.#note(`sinkFile ${nodeId}`);
    return new Blob([]);
  }

  async queryState({ stateName, keyContains }: StateQuery): Promise<QueriedState> {
    this.#note(`queryState ${stateName} ${keyContains}`);
    return { keyCount: 0, matchCount: 0, entries: [] };
  }

  async subscribe(listener: (events: readonly EngineEvent[]) => void): Promise<void> {
    this.#listener = listener;
  }

  #note(call: string): void {
    const refusal = this.refusal;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    this.calls.push(call);
  }
}
