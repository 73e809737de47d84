import { documentStore } from '../document/document-store.ts';
import { isActive } from '../run/run-state.ts';
import { runStore } from '../run/run-store.ts';
import type { Command } from './command.ts';

const runnable = (): true | string => {
  const { analysis } = documentStore.getState();
  if (analysis.runnable) return true;
  return analysis.problems.find((problem) => problem.severity === 'error')?.message ?? 'This pipeline cannot run yet';
};

const active = (): true | string => (isActive(runStore.getState().status) ? true : 'Nothing is running');

export const RUN_COMMANDS: readonly Command[] = [
  {
    id: 'run',
    label: 'Run',
    group: 'Run',
    shortcuts: ['mod+enter'],
    inFields: true,
    keywords: 'start restart play',
    enabled: runnable,
    run: () => runStore.getState().start(),
  },
  {
    id: 'pause-or-resume',
    label: 'Pause or resume',
    group: 'Run',
    shortcuts: ['f8'],
    inFields: true,
    enabled: active,
    run: () => (runStore.getState().paused ? runStore.getState().resume() : runStore.getState().pause()),
  },
  {
    id: 'step',
    label: 'Step one record',
    group: 'Run',
    shortcuts: ['f10'],
    inFields: true,
    enabled: () => (active() === true ? true : runnable()),
    run: () => runStore.getState().step(),
  },
  {
    id: 'stop',
    label: 'Stop',
    group: 'Run',
    shortcuts: ['mod+alt+enter'],
    inFields: true,
    keywords: 'cancel',
    enabled: active,
    run: () => runStore.getState().stop(),
  },
  { id: 'speed-1', label: 'Speed: as event time (1×)', group: 'Run', run: () => runStore.getState().setSpeed(1) },
  { id: 'speed-10', label: 'Speed: 10× event time', group: 'Run', run: () => runStore.getState().setSpeed(10) },
  {
    id: 'speed-max',
    label: 'Speed: as fast as possible',
    group: 'Run',
    keywords: 'max full',
    run: () => runStore.getState().setSpeed('max'),
  },
];
