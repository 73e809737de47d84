import { expect, it } from 'vitest';
import { Batch } from '../batch/batch.ts';
import { Column } from '../batch/column.ts';
import { Leases } from '../batch/leases.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import { Marks } from '../elements/marks.ts';
import { OperatorStats } from './operator-stats.ts';

const SCHEMA = { fields: [{ name: 'v', type: 'double' }] } as const;

/** A batch of one record in memory of this name. */
function batchIn(leases: Leases<string>, memory: string): Batch {
  const numbers = Float64Array.of(1);
  return new Batch(SCHEMA, 1, [Column.ofF64(numbers)], numbers, numbers, new Marks(), null, 1, leases.lend(memory, null));
}

it('an operator holds the batch that it emitted last, although its receiver is done with it', () => {
  const leases = new Leases<string>();
  const stats = new OperatorStats('filter');
  for (const memory of ['first', 'second']) {
    const batch = batchIn(leases, memory);
    stats.keepLast(batch);
    batch.lease?.release();
  }
  expect([leases.takeReturned(), leases.takeReturned()]).toEqual(['first', null]);
});

it('a channel holds the batch that it carried last, and each receiver of a batch the batch', () => {
  const leases = new Leases<string>();
  const channels = [new LocalChannel(), new LocalChannel()];
  for (const memory of ['first', 'second']) {
    const batch = batchIn(leases, memory);
    batch.share(channels.length);
    for (const channel of channels) channel.publish(batch);
  }
  const take = (channel: number): void => channels[channel]?.take()?.lease?.release();
  take(0);
  take(0);
  expect(leases.takeReturned()).toBeNull();
  take(1);
  expect(leases.takeReturned()).toBe('first');
  take(1);
  expect(leases.takeReturned()).toBeNull();
});
