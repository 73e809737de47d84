import { expect, it } from 'vitest';
import { TimerHeap } from './timer-heap.ts';

it('gives the timers that are due, the earliest first, each once, and none that was deleted', () => {
  const timers = new TimerHeap();
  timers.register(30, 'a');
  timers.register(10, 'b');
  timers.register(20, 'c');
  timers.register(10, 'b');
  timers.register(20, 'd');
  timers.delete(20, 'c');
  timers.delete(99, 'nobody');
  // Deleted and set again: it fires once.
  timers.delete(10, 'b');
  timers.register(10, 'b');
  const due = (time: number): string[] => {
    const fired: string[] = [];
    for (let timer = timers.pop(time); timer !== null; timer = timers.pop(time)) fired.push(`${timer.key} ${timer.time}`);
    return fired;
  };
  expect(due(20)).toEqual(['b 10', 'd 20']);
  expect(due(29)).toEqual([]);
  expect(due(30)).toEqual(['a 30']);
});
