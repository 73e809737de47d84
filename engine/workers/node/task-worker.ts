import { parentPort } from 'node:worker_threads';
import { definitionOf } from '../../api/analyze.ts';
import type { TaskCommand } from '../../scheduler/messages.ts';
import { TaskExecutor } from '../../scheduler/task-executor.ts';
import { must } from '../../util/assert.ts';
import { loadOperatorFrom } from '../load-operator.ts';
import { lockDown } from '../lock-down.ts';
import { guardLists } from '../shared-lists.ts';

const port = must(parentPort, 'the port to the job master');

// Captured before the lock-down: the runtime keeps what user functions lose.
const now = performance.now.bind(performance);
const soon = setImmediate;
const startTimer = setTimeout;
const stopTimer = clearTimeout;

const isTrusted = guardLists((error) => port.postMessage({ kind: 'failed', error }));

const executor = new TaskExecutor({
  now,
  soon: (work) =>
    soon(() => {
      if (isTrusted()) work();
    }),
  later: (delayMs, work) => {
    const timer = startTimer(work, delayMs);
    return () => stopTimer(timer);
  },
  loadOperator: loadOperatorFrom(definitionOf),
  port: {
    post: (report, transfer) => {
      if (isTrusted()) port.postMessage(report, transfer as ArrayBuffer[]);
    },
  },
});

port.on('message', (command: TaskCommand) => executor.handle(command));
lockDown(globalThis);
