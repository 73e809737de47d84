import { definitionOf } from '../api/analyze.ts';
import { TaskExecutor } from '../scheduler/task-executor.ts';
import type { TaskHost } from '../scheduler/task-executor.ts';
import type { TaskCommand } from '../scheduler/messages.ts';
import { loadOperatorFrom } from './load-operator.ts';
import { lockDown } from './lock-down.ts';
import { guardLists } from './shared-lists.ts';

declare const self: DedicatedWorkerGlobalScope;

// Captured before the lock-down: the runtime keeps what user functions lose.
const post = self.postMessage.bind(self);
const now = performance.now.bind(performance);
const startTimer = self.setTimeout.bind(self);
const stopTimer = self.clearTimeout.bind(self);
const { port1, port2 } = new MessageChannel();
const wake = port2.postMessage.bind(port2);

let next: (() => void) | null = null;
port1.onmessage = () => {
  const work = next;
  next = null;
  if (isTrusted()) work?.();
};
const isTrusted = guardLists((error) => post({ kind: 'failed', error }, []));

const host: TaskHost = {
  now,
  // A MessageChannel yields to waiting messages in microseconds; timers cost milliseconds, scheduler.yield starves messages.
  soon: (work) => {
    next = work;
    wake(0);
  },
  later: (delayMs, work) => {
    const timer = startTimer(work, delayMs);
    return () => stopTimer(timer);
  },
  loadOperator: loadOperatorFrom(definitionOf),
  port: {
    post: (report, transfer) => {
      if (isTrusted()) post(report, transfer as Transferable[]);
    },
  },
};

const executor = new TaskExecutor(host);
self.addEventListener('message', (event: MessageEvent<TaskCommand>) => executor.handle(event.data));
lockDown(self);
