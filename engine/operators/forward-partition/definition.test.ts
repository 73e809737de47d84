import { describe, expect, it } from 'vitest';
import type { StreamShape } from '../definition.ts';
import { forwardPartition } from './definition.ts';

const READINGS: StreamShape = { schema: { fields: [{ name: 'id', type: 'string' }] }, key: null, eventTime: false };

describe('forward', () => {
  it('demands that nothing moves, so subtasks keep their splits', () => {
    expect(forwardPartition.partitioner?.({})).toEqual({ kind: 'forward', isDemanded: true });
    expect(forwardPartition.shapes({}, [READINGS])).toEqual({ ports: { out: READINGS }, problems: [] });
    const ofSplits = { ...READINGS, splits: 4 };
    expect(forwardPartition.shapes({}, [ofSplits])).toEqual({ ports: { out: ofSplits }, problems: [] });
  });

  it('refuses a keyed stream, whose key decides', () => {
    const keyed: StreamShape = { ...READINGS, key: { kind: 'fields', fields: ['id'] } };
    expect(forwardPartition.shapes({}, [keyed]).problems.map(({ code, port }) => [code, port])).toEqual([['stream-keyed', 'in']]);
  });
});
