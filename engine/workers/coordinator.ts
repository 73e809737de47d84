import type { EngineApi, EngineEvent, InferredData, QueriedState, RunOptions, Speed, StateQuery } from '../api/engine-api.ts';
import { isTerminal } from '../api/engine-api.ts';
import { JobFailure, toJobError } from '../api/errors.ts';
import { PROTOCOL_VERSION } from '../api/protocol-version.ts';
import { inferData } from '../formats/infer.ts';
import { startsLikeParquet } from '../formats/starts-like-parquet.ts';
import type { PipelineDocument } from '../graph/document.ts';
import type { TaskCommand, TaskReport } from '../scheduler/messages.ts';
import { JobMaster } from '../scheduler/job-master.ts';
import type { TaskWorkerHandle } from '../scheduler/job-master.ts';
import { stateGone } from '../scheduler/queryable-state-errors.ts';
import { EventBatcher } from './event-batcher.ts';
import { OpfsDataStore } from './opfs-data-store.ts';
import { prepareJob } from './prepare-job.ts';
import { SinkFiles } from './sink-files.ts';

const INFER_BYTES = 256 * 1024;

/** Dispatcher of the tab: keeps the data, runs one job at a time, passes its events on. Never evaluates user code. */
export class Coordinator implements EngineApi<Blob> {
  readonly #store = new OpfsDataStore();
  readonly #events = new EventBatcher((delayMs, work) => setTimeout(work, delayMs));
  readonly #startWorker: () => Worker;
  #job: JobMaster | null = null;
  #files: SinkFiles | null = null;
  #jobCount = 0;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  async protocolVersion(): Promise<number> {
    return await Promise.resolve(PROTOCOL_VERSION);
  }

  async putData(dataId: string, blob: Blob): Promise<void> {
    await asJobError(this.#store.put(dataId, blob));
  }

  async dataSize(dataId: string): Promise<number | null> {
    return await asJobError(this.#store.size(dataId));
  }

  async removeData(dataId: string): Promise<void> {
    await asJobError(this.#store.remove(dataId));
  }

  async inferData(dataId: string, fileName: string): Promise<InferredData> {
    return await asJobError(this.#infer(dataId, fileName));
  }

  async start(document: PipelineDocument, options: RunOptions): Promise<string> {
    return await asJobError(this.#start(document, options));
  }

  async pause(): Promise<void> {
    await this.#job?.pause();
  }

  async resume(): Promise<void> {
    this.#job?.resume();
    await Promise.resolve();
  }

  async step(records: number): Promise<void> {
    await this.#job?.step(records);
  }

  async setSpeed(speed: Speed): Promise<void> {
    this.#job?.setSpeed(speed);
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#job?.cancel();
    await this.#events.flush();
  }

  async sinkFile(nodeId: string): Promise<Blob> {
    const file = this.#files?.file(nodeId) ?? null;
    if (file !== null) return await Promise.resolve(file);
    // Comlink passes on thrown plain data as it is; an Error would lose its fields.
    throw {
      code: 'no-file',
      domain: 'user',
      retry: 'after-change',
      message: 'This sink has not written anything yet. Run the pipeline first.',
    };
  }

  async queryState(query: StateQuery): Promise<QueriedState> {
    return await asJobError(
      this.#job === null ? Promise.reject(new JobFailure(stateGone('Run the pipeline first.'))) : this.#job.queryState(query),
    );
  }

  async subscribe(listener: (events: readonly EngineEvent[]) => void): Promise<void> {
    this.#events.listen(listener);
    await Promise.resolve();
  }

  async #infer(dataId: string, fileName: string): Promise<InferredData> {
    const size = await this.#store.size(dataId);
    if (size === null)
      throw new JobFailure({
        code: 'data-missing',
        domain: 'user',
        retry: 'after-change',
        message: `The file "${fileName}" is not in this browser any more. Drop it again.`,
      });
    const head = await this.#store.read(dataId, 0, INFER_BYTES);
    if (startsLikeParquet(head)) {
      // The decoder is loaded by those who need it.
      const { inferParquetFile } = await import('../formats/parquet/infer-parquet.ts');
      return await inferParquetFile(size, (offset, length) => this.#store.read(dataId, offset, length));
    }
    return inferData(head, fileName, head.length === size);
  }

  async #start(document: PipelineDocument, options: RunOptions): Promise<string> {
    if (this.#job !== null && !isTerminal(this.#job.status)) this.#job.cancel();
    const prepared = await prepareJob(document, this.#store);
    const jobId = `job-${++this.#jobCount}`;
    const files = new SinkFiles(
      new Map(
        prepared.graph.vertices.flatMap((vertex) =>
          vertex.operators.flatMap((operator) => (operator.delivery === null ? [] : [[operator.nodeId, operator.delivery]])),
        ),
      ),
    );
    this.#files = files;
    const job = new JobMaster(jobId, prepared.graph, options, prepared.inputs, {
      now: () => performance.now(),
      later: (delayMs, work) => {
        const timer = setTimeout(work, delayMs);
        return () => clearTimeout(timer);
      },
      startTaskWorker: (onReport, onFailure) => this.#taskWorker(onReport, onFailure),
      data: prepared.data,
      sharedWord: () => (typeof SharedArrayBuffer === 'undefined' ? null : new Int32Array(new SharedArrayBuffer(4))),
      emit: (event) => {
        if (event.type !== 'rows' || !files.has(event.nodeId)) return this.#events.add(event);
        files.write(event.nodeId, event.schema, event.rowCount, event.columns);
        return undefined;
      },
    });
    this.#job = job;
    await job.start();
    return jobId;
  }

  #taskWorker(onReport: (report: TaskReport) => void, onFailure: (message: string) => void): TaskWorkerHandle {
    const worker = this.#startWorker();
    worker.onmessage = (event: MessageEvent<TaskReport>) => onReport(event.data);
    worker.onerror = (event) => onFailure(event.message === '' ? 'its script could not be loaded' : event.message);
    worker.onmessageerror = () => onFailure('a message could not be read');
    return {
      post: (command: TaskCommand, transfer) => worker.postMessage(command, transfer as Transferable[]),
      terminate: () => worker.terminate(),
    };
  }
}

/** Rejections cross the boundary as plain `JobError`s. */
async function asJobError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toJobError(error);
  }
}
