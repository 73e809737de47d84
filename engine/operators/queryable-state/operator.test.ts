import { expect, test } from 'vitest';
import type { KeyedStateEntry } from '../../state/keyed-state-backend.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { queryableState } from './definition.ts';

const INPUT = {
  schema: {
    fields: [
      { name: 'id', type: 'string' as const },
      { name: 'tags', type: 'array' as const },
    ],
  },
  key: { kind: 'fields' as const, fields: ['id'] },
  eventTime: true,
};

const opened = (restoreFrom?: ReturnType<OperatorTestHarness<typeof queryableState.fields>['snapshot']>) =>
  new OperatorTestHarness({ definition: queryableState, config: { stateName: 'last' }, inputs: [INPUT] }).open(restoreFrom);

/** What is kept, by key. */
function kept(harness: Awaited<ReturnType<typeof opened>>): Record<string, unknown> {
  const entries = [...harness.snapshot().keyGroups.values()].flat() as KeyedStateEntry[];
  return Object.fromEntries(entries.map(([key, , states]) => [String(key), states]));
}

test('the latest record of every key is kept, and nothing is emitted', async () => {
  const harness = await opened();
  const tags = ['old'];
  harness
    .processElement({ id: 'a', tags })
    .processElement({ id: 'b', tags: [] })
    .processElement({ id: 'b', tags: ['new'] });
  tags.push('changed by somebody else');
  expect(harness.drain()).toEqual([]);
  expect(kept(harness)).toEqual({
    a: [['last', 'value', [['', { id: 'a', tags: ['old'] }]]]],
    b: [['last', 'value', [['', { id: 'b', tags: ['new'] }]]]],
  });
});

test('it is still there after a restore', async () => {
  const before = await opened();
  before.processElement({ id: 'a', tags: [] });
  const after = await opened(before.snapshot());
  expect(kept(after)).toEqual({ a: [['last', 'value', [['', { id: 'a', tags: [] }]]]] });
});
