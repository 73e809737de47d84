import { describe, expect, it } from 'vitest';
import { OperatorStateBackend } from './operator-state-backend.ts';
import type { OperatorStateSnapshot } from './operator-state-backend.ts';
import { redistributeOperatorState, redistributeState } from './redistribute-state.ts';

const lists = (...items: readonly (readonly [string, readonly unknown[]])[]): OperatorStateSnapshot => ({
  lists: items.map(([name, of]) => [name, 'split', of]),
  broadcast: [],
});

describe('redistribution of operator state', () => {
  it('deals the items of a list in runs, the odd ones to the first subtasks', () => {
    const dealt = redistributeOperatorState([lists(['s', ['a0', 'a1', 'a2']]), lists(['s', ['b0', 'b1']])], 3);
    expect(dealt.map((one) => one.lists)).toEqual([
      [['s', 'split', ['a0', 'a1']]],
      [['s', 'split', ['a2', 'b0']]],
      [['s', 'split', ['b1']]],
    ]);
  });

  it('lets the odd items of the next list begin where those of the last ended', () => {
    const dealt = redistributeOperatorState([lists(['one', [1]], ['two', [2]])], 3);
    expect(dealt.map((one) => one.lists.map(([, , items]) => items))).toEqual([
      [[1], []],
      [[], [2]],
      [[], []],
    ]);
  });

  it('leaves lists where they are when the number of subtasks stays', () => {
    const old = [lists(['s', [1, 2, 3]]), lists(['s', []])];
    expect(redistributeOperatorState(old, 2)).toEqual(old);
  });

  it('gives union lists and broadcast state to everyone', () => {
    const backend = new OperatorStateBackend();
    backend.unionListState<string>('u').add('x');
    backend.broadcastState<string, number>('b').put('k', 1);
    const [, second] = redistributeOperatorState([backend.snapshot(), null], 2);
    const restored = new OperatorStateBackend();
    restored.restore(second as OperatorStateSnapshot);
    expect(restored.unionListState('u').get()).toEqual(['x']);
    expect(restored.broadcastState('b').entries()).toEqual([['k', 1]]);
  });
});

describe('redistribution of broadcast state', () => {
  const keyGroups = new Map<number, never>();
  const told = { version: 1, keyGroups, operatorState: { lists: [], broadcast: [['limits', [['a', 1]]]] as const } };

  it('gives a subtask that has not asked for it yet nothing: what the others know is still on its way to it', () => {
    const [first, second] = redistributeState([told, { version: 1, keyGroups }], 2, 128);
    expect(first?.operatorState?.broadcast).toEqual([['limits', [['a', 1]]]]);
    expect(second?.operatorState?.broadcast).toEqual([['limits', []]]);
  });

  it('gives a subtask that reported nothing what the others know', () => {
    const [, second] = redistributeState([told, null], 2, 128);
    expect(second?.operatorState?.broadcast).toEqual([['limits', [['a', 1]]]]);
  });
});

describe('redistribution of keyed state', () => {
  it('moves whole key groups', () => {
    const old = [
      {
        version: 1,
        keyGroups: new Map([
          [0, ['a']],
          [63, ['b']],
        ]),
      },
      {
        version: 1,
        keyGroups: new Map([
          [64, ['c']],
          [127, ['d']],
        ]),
      },
    ];
    expect(redistributeState(old, 3, 128).map(({ keyGroups }) => [...keyGroups])).toEqual([
      [[0, ['a']]],
      [
        [63, ['b']],
        [64, ['c']],
      ],
      [[127, ['d']]],
    ]);
  });
});

describe('operator state', () => {
  it('has one kind per name', () => {
    const backend = new OperatorStateBackend();
    backend.listState('s');
    expect(() => backend.broadcastState('s')).toThrow('State "s" is a list state');
    expect(() => backend.unionListState('s')).toThrow('State "s" is a split list, not also a union list.');
  });
});
