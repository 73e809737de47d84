import { expose } from 'comlink';
import { Coordinator } from './coordinator.ts';

// The worker is named here, not in the class: bundlers find it by this very expression.
expose(new Coordinator(() => new Worker(new URL('./task.worker.ts', import.meta.url), { type: 'module', name: 'millrace-task' })));
