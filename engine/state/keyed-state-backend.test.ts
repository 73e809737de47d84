import { expect, test } from 'vitest';
import { KeyedStateBackend, VOID_NAMESPACE } from './keyed-state-backend.ts';
import { listStateDescriptor, mapStateDescriptor, valueStateDescriptor } from './state-descriptor.ts';

const groupByLength = (key: string): number => key.length;

test('every key and namespace has its own value', () => {
  const backend = new KeyedStateBackend<string, number>(groupByLength);
  const count = backend.valueState(valueStateDescriptor<number>('count'), 0);
  backend.setCurrentKey('a');
  expect(count.value()).toBe(null);
  count.update(1);
  count.setCurrentNamespace(10_000);
  expect(count.value()).toBe(null);
  count.update(2);
  backend.setCurrentKey('b');
  expect(count.value()).toBe(null);
  backend.setCurrentKey('a');
  expect(count.value()).toBe(2);
  count.setCurrentNamespace(0);
  expect(count.value()).toBe(1);
  expect(backend.namespaces('count')).toEqual([0, 10_000]);
});

test('a key whose last state is cleared is forgotten', () => {
  const backend = new KeyedStateBackend<string>(groupByLength);
  const count = backend.valueState(valueStateDescriptor<number>('count'), VOID_NAMESPACE);
  const events = backend.listState(listStateDescriptor<string>('events'), VOID_NAMESPACE);
  backend.setCurrentKey('a');
  count.update(1);
  events.add('x');
  backend.setCurrentKey('b');
  count.update(1);
  expect(backend.keys()).toEqual(['a', 'b']);
  backend.setCurrentKey('a');
  count.clear();
  expect(backend.keys()).toEqual(['a', 'b']);
  events.update([]);
  expect(backend.keys()).toEqual(['b']);
  backend.setCurrentKey('b');
  count.update(null);
  expect(backend.keyCount).toBe(0);
});

test('list and map state', () => {
  const backend = new KeyedStateBackend<string>(groupByLength);
  const list = backend.listState(listStateDescriptor<number>('list'), VOID_NAMESPACE);
  const map = backend.mapState(mapStateDescriptor<unknown, number>('map'), VOID_NAMESPACE);
  backend.setCurrentKey('a');
  list.add(1);
  list.add(2);
  expect(list.get()).toEqual([1, 2]);
  map.put('x', 1);
  map.put(['x', 1], 2);
  map.put(['x', 1], 3);
  expect(map.get(['x', 1])).toBe(3);
  expect(map.has('y')).toBe(false);
  expect(map.entries()).toEqual([
    ['x', 1],
    [['x', 1], 3],
  ]);
  map.remove('x');
  map.remove(['x', 1]);
  expect(map.isEmpty()).toBe(true);
});

test('composite keys are equal when their parts are, and differ from texts that look like them', () => {
  const backend = new KeyedStateBackend<unknown>(() => 0);
  const count = backend.valueState(valueStateDescriptor<number>('count'), VOID_NAMESPACE);
  const keys = [['a', 1], 'a', 1, '1', ['a', '1'], ['a,1'], true, 'true', '["a",1]', '\u0000["a",1]', { b: 1, a: 2 }, null];
  keys.forEach((key, i) => {
    backend.setCurrentKey(key);
    expect(count.value()).toBe(null);
    count.update(i);
  });
  backend.setCurrentKey(['a', 1]);
  expect(count.value()).toBe(0);
  backend.setCurrentKey({ a: 2, b: 1 });
  expect(count.value()).toBe(10);
});

test('a snapshot holds every key group apart, does not change later, and restores in order of first appearance', () => {
  const backend = new KeyedStateBackend<string, string>(groupByLength);
  const totals = backend.valueState(valueStateDescriptor<{ sum: number }>('totals'), '');
  const seen = backend.mapState(mapStateDescriptor<string, number>('seen'), '');
  backend.setCurrentKey('bb');
  totals.update({ sum: 1 });
  backend.setCurrentKey('a');
  totals.setCurrentNamespace('w1');
  totals.update({ sum: 2 });
  seen.put('x', 7);
  backend.setCurrentKey('cc');
  totals.update({ sum: 3 });
  const snapshot = backend.snapshot();
  (totals.value() as { sum: number }).sum = 99;
  expect(snapshot).toEqual({
    version: 1,
    keyGroups: new Map([
      [
        2,
        [
          ['bb', 0, [['totals', 'value', [['', { sum: 1 }]]]]],
          ['cc', 2, [['totals', 'value', [['w1', { sum: 3 }]]]]],
        ],
      ],
      [
        1,
        [
          [
            'a',
            1,
            [
              ['seen', 'map', [['', [['x', 7]]]]],
              ['totals', 'value', [['w1', { sum: 2 }]]],
            ],
          ],
        ],
      ],
    ]),
  });
  const restored = new KeyedStateBackend<string, string>(groupByLength);
  const restoredSeen = restored.mapState(mapStateDescriptor<string, number>('seen'), '');
  restored.restore(snapshot);
  expect(restored.keys()).toEqual(['bb', 'a', 'cc']);
  expect(restored.snapshot()).toEqual(snapshot);
  restored.setCurrentKey('a');
  expect(restoredSeen.get('x')).toBe(7);
});

test('a state keeps its kind', () => {
  const backend = new KeyedStateBackend<string>(groupByLength);
  backend.valueState(valueStateDescriptor<number>('count'), VOID_NAMESPACE);
  expect(() => backend.listState(listStateDescriptor<number>('count'), VOID_NAMESPACE)).toThrow('"count" is a value state');
});
