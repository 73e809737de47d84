import { Worker } from 'node:worker_threads';
import type { EngineEvent, RunOptions, RunSummary } from '../../api/engine-api.ts';
import type { JobError } from '../../api/errors.ts';
import { JobFailure, toJobError } from '../../api/errors.ts';
import { JobMaster } from '../../scheduler/job-master.ts';
import type { TaskWorkerHandle } from '../../scheduler/job-master.ts';
import { QueryableStateClient } from '../../scheduler/queryable-state-client.ts';
import type { TaskCommand, TaskReport } from '../../scheduler/messages.ts';
import { prepareJob } from '../prepare-job.ts';
import { FileDataStore } from './file-data-store.ts';

export interface HeadlessRun {
  /** A document, as parsed JSON. */
  readonly document: unknown;
  /** Files by data id. */
  readonly files: ReadonlyMap<string, string>;
  readonly options: RunOptions;
  /** Script of the task worker. */
  readonly taskWorker: URL;
  /** Called for every event; a promise for rows holds the job back until it resolves. */
  readonly onEvent: (event: EngineEvent) => void | Promise<void>;
  /** Called once the job runs, with what looks up its queryable state. */
  readonly onStarted?: (client: QueryableStateClient) => void;
}

/**
 * Runs a document to its end in Node with a task worker of its own thread.
 * @throws JobFailure when the document is refused or the job fails. All rows produced before have been handed out by then.
 */
export async function runHeadless(run: HeadlessRun): Promise<RunSummary> {
  const store = new FileDataStore(run.files);
  try {
    const prepared = await prepareJob(run.document, store);
    return await new Promise<RunSummary>((resolve, reject) => {
      const pendingRows = new Set<Promise<void>>();
      const end = (error: JobError | null, summary: RunSummary | null): void => {
        // The sinks' output is written before the run counts as ended.
        Promise.all(pendingRows).then(
          () => (summary === null ? reject(new JobFailure(error ?? cancelled)) : resolve(summary)),
          (failure: unknown) => reject(new JobFailure(toJobError(failure))),
        );
      };
      const job = new JobMaster('job-1', prepared.graph, run.options, prepared.inputs, {
        now: () => performance.now(),
        later: (delayMs, work) => {
          const timer = setTimeout(work, delayMs);
          return () => clearTimeout(timer);
        },
        startTaskWorker: (onReport, onFailure) => startTaskWorker(run.taskWorker, onReport, onFailure),
        data: prepared.data,
        sharedWord: () => new Int32Array(new SharedArrayBuffer(4)),
        emit: (event) => {
          const taken = run.onEvent(event);
          if (taken !== undefined) {
            const pending = taken.finally(() => pendingRows.delete(pending));
            pendingRows.add(pending);
          }
          if (event.type === 'status' && (event.status === 'FINISHED' || event.status === 'FAILED' || event.status === 'CANCELED'))
            end(event.error, event.summary);
          return taken;
        },
      });
      job.start().then(
        () => run.onStarted?.(new QueryableStateClient(job, prepared.graph)),
        (error: unknown) => reject(new JobFailure(toJobError(error))),
      );
    });
  } finally {
    await store.close();
  }
}

const cancelled: JobError = { code: 'cancelled', domain: 'user', retry: 'now', message: 'The job was stopped.' };

function startTaskWorker(script: URL, onReport: (report: TaskReport) => void, onFailure: (message: string) => void): TaskWorkerHandle {
  const worker = new Worker(script, { env: {}, stdin: false });
  worker.on('message', onReport);
  worker.on('error', (error) => onFailure(error instanceof Error ? error.message : String(error)));
  return {
    post: (command: TaskCommand, transfer) => worker.postMessage(command, transfer as ArrayBuffer[]),
    terminate: () => void worker.terminate(),
  };
}
