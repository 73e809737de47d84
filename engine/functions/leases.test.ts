import { expect, it } from 'vitest';
import { Leases } from './leases.ts';

it('gives memory again once it came back, oldest first, but never that of the batch emitted last', () => {
  const leases = new Leases<string>();
  const first = leases.lend('first', null);
  first.release();
  expect(leases.takeReturned()).toBeNull();
  const second = leases.lend('second', null);
  expect(leases.takeReturned()).toBe('first');
  leases.lend('third', null);
  expect(leases.takeReturned()).toBeNull();
  second.release();
  expect(leases.takeReturned()).toBe('second');
});

it('gives back what a batch was made of together with the batch', () => {
  const outer = new Leases<string>();
  const inner = new Leases<string>();
  const lease = outer.lend('mapped', inner.lend('filtered', null));
  inner.lend('later', null);
  expect(inner.takeReturned()).toBeNull();
  lease.release();
  expect(inner.takeReturned()).toBe('filtered');
});

it('leaves memory that never comes back to the garbage collector', () => {
  const leases = new Leases<number>();
  for (let n = 0; n < 100; n++) leases.lend(n, null);
  expect(leases.takeReturned()).toBeNull();
});
