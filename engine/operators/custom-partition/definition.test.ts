import { describe, expect, it } from 'vitest';
import type { StreamShape } from '../definition.ts';
import { customPartition } from './definition.ts';

const ORDERS: StreamShape = {
  schema: {
    fields: [
      { name: 'region', type: 'string' },
      { name: 'customer', type: 'string', nullable: true },
    ],
  },
  key: null,
  eventTime: false,
};
const byRegion = { mode: 'field', column: 'region', selector: '', partition: '(key, n) => key.length % n' } as const;

describe('custom partition', () => {
  it('asks for channels by a function of the key, and leaves the stream without a key', () => {
    expect(customPartition.partitioner?.(byRegion)).toEqual({
      kind: 'custom',
      key: { kind: 'fields', fields: ['region'] },
      partition: '(key, n) => key.length % n',
    });
    expect(customPartition.shapes(byRegion, [ORDERS])).toEqual({ ports: { out: ORDERS }, problems: [] });
  });

  it('checks both functions, and warns of a key that can be null', () => {
    const codes = (config: Partial<Record<'mode' | 'column' | 'selector' | 'partition', string>>) =>
      customPartition.shapes({ ...byRegion, ...config } as never, [ORDERS]).problems.map(({ code, field }) => [code, field]);
    expect(codes({ column: 'customer' })).toEqual([['key-nullable', 'column']]);
    expect(codes({ mode: 'function', selector: '(r) => r.regoin' })).toEqual([['field-unknown', 'selector']]);
    expect(codes({ partition: '(key, n) => window.x' })).toEqual([['name-unknown', 'partition']]);
    expect(codes({ partition: '(key, n) => key.id % n' })).toEqual([]);
  });

  it('refuses a keyed stream, as every operator that distributes anew', () => {
    const keyed: StreamShape = { ...ORDERS, key: { kind: 'fields', fields: ['region'] } };
    expect(customPartition.shapes(byRegion, [keyed]).problems.map(({ severity, code, port }) => [severity, code, port])).toEqual([
      ['error', 'stream-keyed', 'in'],
    ]);
  });
});
