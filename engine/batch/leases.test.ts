import { afterEach, expect, it } from 'vitest';
import { Leases, together, watchReturnedMemory } from './leases.ts';

afterEach(() => watchReturnedMemory(null));

it('gives memory again once it came back, and to one at a time', () => {
  const leases = new Leases<string>();
  const first = leases.lend('first', null);
  const second = leases.lend('second', null);
  expect(leases.takeReturned()).toBeNull();
  first.release();
  second.release();
  expect([leases.takeReturned(), leases.takeReturned(), leases.takeReturned()]).toEqual(['second', 'first', null]);
});

it('waits for everybody who holds it', () => {
  const leases = new Leases<string>();
  const lease = leases.lend('shown', null);
  lease.retain();
  lease.release();
  expect(leases.takeReturned()).toBeNull();
  lease.release();
  expect(leases.takeReturned()).toBe('shown');
});

it('holds what a batch was made of for as long as the batch', () => {
  const outer = new Leases<string>();
  const inner = new Leases<string>();
  const source = inner.lend('filtered', null);
  source.retain();
  const lease = outer.lend('mapped', source);
  lease.release();
  expect([outer.takeReturned(), inner.takeReturned()]).toEqual(['mapped', null]);
  source.release();
  expect(inner.takeReturned()).toBe('filtered');
});

it('holds what two owners lent as one', () => {
  const columns = new Leases<string>();
  const marks = new Leases<string>();
  const lease = together(columns.lend('columns', null), marks.lend('marks', null));
  lease?.retain();
  lease?.release();
  expect([columns.takeReturned(), marks.takeReturned()]).toEqual([null, null]);
  lease?.release();
  expect([columns.takeReturned(), marks.takeReturned()]).toEqual(['columns', 'marks']);
  const only = columns.lend('only', null);
  expect([together(only, null), together(null, only), together(null, null)]).toEqual([only, only, null]);
});

it('is given back by each holder once', () => {
  const lease = new Leases<string>().lend('memory', null);
  lease.release();
  expect(() => lease.release()).toThrow('memory is given back once');
  expect(() => lease.retain()).toThrow('memory that was given back is not held again');
});

it('leaves memory that never comes back, or that nobody needs again, to the garbage collector', () => {
  const leases = new Leases<number>();
  const lent = Array.from({ length: 100 }, (_, n) => leases.lend(n, null));
  expect(leases.takeReturned()).toBeNull();
  for (const lease of lent) lease.release();
  let taken = 0;
  while (leases.takeReturned() !== null) taken++;
  expect(taken).toBe(16);
});

it('shows memory to tests before it is used again', () => {
  const seen: unknown[] = [];
  watchReturnedMemory((memory) => seen.push(memory));
  const lease = new Leases<string>().lend('memory', null);
  expect(seen).toEqual([]);
  lease.release();
  expect(seen).toEqual(['memory']);
});
