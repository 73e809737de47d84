import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { richFilter } from './definition.ts';

const ORDERS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'status', type: 'string' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};

const harnessOf = (code: string) => new OperatorTestHarness({ definition: richFilter, inputs: [ORDERS], config: { code } });

describe('a rich filter', () => {
  it('remembers per key, also after a restore', async () => {
    const code = `class Changes {
      open(ctx) { this.last = ctx.getState('last'); }
      filter(value) {
        const isNew = value.status !== this.last.value();
        this.last.update(value.status);
        return isNew;
      }
    }`;
    const first = harnessOf(code);
    await first.open();
    first.processElement({ id: 'a', status: 'open' }, 1000);
    first.processElement({ id: 'a', status: 'open' }, 2000);
    first.processElement({ id: 'b', status: 'open' }, 3000);
    expect(first.drainValues()).toEqual([
      { id: 'a', status: 'open' },
      { id: 'b', status: 'open' },
    ]);
    const second = harnessOf(code);
    await second.open(first.snapshot());
    second.processElement({ id: 'a', status: 'open' }, 4000);
    second.processElement({ id: 'b', status: 'closed' }, 5000);
    expect(second.drainValues()).toEqual([{ id: 'b', status: 'closed' }]);
  });

  it('keeps nothing for what is not true', async () => {
    const h = harnessOf('({ filter(value) { return value.status.length; } })');
    await h.open();
    h.processElement({ id: 'a', status: 'open' }, 1000);
    expect(h.drainValues()).toEqual([]);
  });
});
