import { proxy, wrap } from 'comlink';
import type { EngineApi, EngineEvent } from '../../engine/api/index.ts';
import CoordinatorWorker from '../../engine/workers/coordinator.worker.ts?worker';
import type { EngineConnection } from './engine-session.ts';

/** Starts the coordinator in its worker. */
export function connectCoordinator(): EngineConnection {
  const worker = new CoordinatorWorker({ name: 'coordinator' });
  // Every method of the interface returns a promise already, so the remote object has the very same shape.
  const remote = wrap(worker) as unknown as EngineApi<Blob>;
  const api: EngineApi<Blob> = {
    protocolVersion: () => remote.protocolVersion(),
    putData: (dataId, blob) => remote.putData(dataId, blob),
    dataSize: (dataId) => remote.dataSize(dataId),
    removeData: (dataId) => remote.removeData(dataId),
    inferData: (dataId, fileName) => remote.inferData(dataId, fileName),
    start: (document, options) => remote.start(document, options),
    pause: () => remote.pause(),
    resume: () => remote.resume(),
    step: (records) => remote.step(records),
    setSpeed: (speed) => remote.setSpeed(speed),
    stop: () => remote.stop(),
    sinkFile: (nodeId) => remote.sinkFile(nodeId),
    queryState: (query) => remote.queryState(query),
    subscribe: (listener) => remote.subscribe(proxy((events: readonly EngineEvent[]) => listener(events))),
  };
  return {
    api,
    onDeath(listener) {
      worker.addEventListener('error', (event) => {
        // Otherwise it is reported a second time, as an error of the page.
        event.preventDefault();
        listener(event.message || 'its worker could not be loaded');
      });
      worker.addEventListener('messageerror', () => listener('a message could not be read'));
    },
    terminate: () => worker.terminate(),
  };
}
