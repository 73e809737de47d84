import { freezeIntrinsics } from './freeze-intrinsics.ts';

const REMOVED = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'EventSource',
  'RTCPeerConnection',
  'indexedDB',
  'IDBFactory',
  'caches',
  'CacheStorage',
  'cookieStore',
  'navigator',
  'WorkerNavigator',
  'StorageManager',
  'FileReader',
  'FileReaderSync',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'MessageChannel',
  'MessagePort',
  'Notification',
  'importScripts',
  'postMessage',
  'close',
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
  'requestAnimationFrame',
  'scheduler',
  'performance',
  'crypto',
  'WebAssembly',
  'onmessage',
  'onmessageerror',
  'addEventListener',
  'removeEventListener',
  'dispatchEvent',
  'trustedTypes',
  'URL',
  'reportError',
  'SharedArrayBuffer',
  'Atomics',
  // Node
  'process',
  'global',
  'Buffer',
  'setImmediate',
  'clearImmediate',
] as const;

/** What a user function sees instead of a clock or of chance: both would make two runs differ. */
function refuse(what: string, instead: string): () => never {
  return () => {
    throw new Error(`${what} is not available in user functions: two runs of the same pipeline would differ. ${instead}`);
  };
}

/**
 * Takes every way out of a task worker before the first user function is compiled: network, storage, other workers, broadcast,
 * messages to the coordinator, timers and clocks. User functions share the realm with the runtime, so what must not be reached must not
 * be there, and what both use must not change (`freezeIntrinsics`). The Content-Security-Policy of the worker's script
 * (`tools/content-security-policy.ts`) covers what cannot be deleted (dynamic import); Node has none.
 */
export function lockDown(scope: object): void {
  for (const name of REMOVED) {
    for (
      let target: object | null = scope;
      target !== null && target !== Object.prototype;
      target = Object.getPrototypeOf(target) as object | null
    ) {
      if (!Object.hasOwn(target, name)) continue;
      // Some are not configurable in some browsers; shadowing them on the global object itself is then what is left.
      if (!Reflect.deleteProperty(target, name))
        Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
    }
    if (name in scope) Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
  }
  const noClock = refuse('The clock', 'Use the timestamp of the record.');
  const RealDate = Date;
  const DateWithoutNow = new Proxy(RealDate, {
    construct: (target, args, newTarget) => (args.length === 0 ? noClock() : (Reflect.construct(target, args, newTarget) as object)),
    apply: noClock,
  });
  // Assigned, not defined anew: that would take the shortcuts for everything else in `Math` away. They are frozen below.
  RealDate.now = noClock;
  // Without this `new Date(0).constructor` would lead back to the real one.
  RealDate.prototype.constructor = DateWithoutNow;
  Math.random = refuse('Math.random', 'Derive the value from the record, or generate it in the source, which has a seed.');
  Object.defineProperty(scope, 'Date', { value: DateWithoutNow, writable: false, configurable: false });
  freezeIntrinsics(scope);
}
