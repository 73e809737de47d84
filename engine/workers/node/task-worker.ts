import { parentPort } from 'node:worker_threads';
import { definitionOf } from '../../api/analyze.ts';
import type { TaskCommand } from '../../scheduler/messages.ts';
import { TaskExecutor } from '../../scheduler/task-executor.ts';
import { must } from '../../util/assert.ts';
import { loadOperatorFrom } from '../load-operator.ts';

const port = must(parentPort, 'the port to the job master');

const executor = new TaskExecutor({
  now: () => performance.now(),
  soon: (work) => setImmediate(work),
  later: (delayMs, work) => {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
  loadOperator: loadOperatorFrom(definitionOf),
  port: { post: (report, transfer) => port.postMessage(report, transfer as ArrayBuffer[]) },
});

port.on('message', (command: TaskCommand) => executor.handle(command));
