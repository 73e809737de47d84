import { describe, expect, it } from 'vitest';
import { ExpiringCells } from './expiring-cells.ts';
import { ExpiringListState } from './expiring-list-state.ts';
import { ExpiringMapState } from './expiring-map-state.ts';
import { KeyedStateBackend, VOID_NAMESPACE } from './keyed-state-backend.ts';
import { ReducingState } from './reducing-state.ts';
import type { StateTtl } from './state-ttl.ts';
import { ValueState } from './value-state.ts';

const TEN_MS: StateTtl = { ttlMs: 10, update: 'OnCreateAndWrite', visibility: 'NeverReturnExpired' };

function setup() {
  const clock = { now: 0 };
  const backend = new KeyedStateBackend<string>(() => 0);
  const now = (): number => clock.now;
  const value = (ttl: StateTtl) =>
    new ValueState<number, ''>(new ExpiringCells(backend, ttl, now), backend.declare('v', 'value'), VOID_NAMESPACE);
  backend.setCurrentKey('a');
  return { clock, backend, now, value };
}

describe('time to live', () => {
  it('ends at its last moment; what expired is gone from memory as soon as it is met', () => {
    const { clock, backend, value } = setup();
    const state = value(TEN_MS);
    state.update(1);
    clock.now = 9;
    expect(state.value()).toBe(1);
    clock.now = 10;
    expect(state.value()).toBe(null);
    expect(backend.keyCount).toBe(0);
  });

  it('begins again with every write, and with every read where that is asked for', () => {
    const { clock, value } = setup();
    const state = value(TEN_MS);
    state.update(1);
    clock.now = 9;
    state.update(2);
    clock.now = 18;
    expect(state.value()).toBe(2);
    clock.now = 19;
    expect(state.value()).toBe(null);
    const renewed = value({ ...TEN_MS, update: 'OnReadAndWrite' });
    renewed.update(3);
    for (const time of [28, 37, 46]) {
      clock.now = time;
      expect(renewed.value()).toBe(3);
    }
    clock.now = 56;
    expect(renewed.value()).toBe(null);
  });

  it('can leave what expired visible once, until it is cleaned up', () => {
    const { clock, value } = setup();
    const state = value({ ...TEN_MS, visibility: 'ReturnExpiredIfNotCleanedUp' });
    state.update(1);
    clock.now = 50;
    expect(state.value()).toBe(1);
    expect(state.value()).toBe(null);
  });

  it('reduces what is alive only', () => {
    const { clock, backend, now } = setup();
    const table = new ExpiringCells(backend, { ...TEN_MS, visibility: 'ReturnExpiredIfNotCleanedUp' }, now);
    const sum = new ReducingState<number, ''>(table, backend.declare('sum', 'reducing'), VOID_NAMESPACE, (a, b) => a + b);
    sum.add(1);
    clock.now = 5;
    sum.add(2);
    expect(sum.get()).toBe(3);
    clock.now = 15;
    sum.add(10);
    expect(sum.get()).toBe(10);
  });

  it('is per element of a list and per entry of a map', () => {
    const { clock, backend, now } = setup();
    const list = new ExpiringListState<string>(backend, backend.declare('l', 'list'), TEN_MS, now);
    const map = new ExpiringMapState<string, number>(backend, backend.declare('m', 'map'), TEN_MS, now);
    list.add('old');
    map.put('old', 1);
    clock.now = 6;
    list.add('new');
    map.put('new', 2);
    clock.now = 10;
    expect(list.get()).toEqual(['new']);
    expect(map.entries()).toEqual([['new', 2]]);
    expect([map.contains('old'), map.contains('new'), map.get('old')]).toEqual([false, true, null]);
    clock.now = 16;
    expect([list.get(), map.isEmpty(), backend.keyCount]).toEqual([[], true, 0]);
  });

  it('also frees keys that never come again', () => {
    const { clock, backend, value } = setup();
    const state = value(TEN_MS);
    for (let k = 0; k < 1000; k++) {
      backend.setCurrentKey(`key ${k}`);
      state.update(k);
    }
    expect(backend.keyCount).toBe(1000);
    clock.now = 10;
    backend.setCurrentKey('the only one that comes');
    for (let i = 0; i < 250; i++) state.value();
    expect(backend.keyCount).toBe(0);
  });
});
