import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { javaHashCode } from './java-hash.ts';
import { identityOfKey, KeyReader } from './key-selector.ts';
import type { KeySource } from './key-selector.ts';

const TRIPS: Schema = {
  fields: [
    { name: 'city', type: 'string' },
    { name: 'year', type: 'int' },
    { name: 'driver', type: 'string', nullable: true },
    { name: 'fare', type: 'double' },
  ],
};
const ROME: Row = { city: 'Rome', year: 2024, driver: null, fare: -0 };

/** The key as read from a batch and from the record: they must agree. */
function keyOf(source: KeySource, record: Row = ROME, schema = TRIPS): unknown {
  const reader = new KeyReader(source, schema);
  const builder = new BatchBuilder(schema, () => new Marks());
  builder.append(schema === TRIPS ? { city: 'Oslo', year: 1, driver: 'x', fare: 1 } : record, 0, 0);
  builder.append(record, 0, 1);
  const fromBatch = reader.keyAt(builder.build(), 1);
  expect(reader.keyOfRecord(record)).toEqual(fromBatch);
  return fromBatch;
}

const byFunction = (source: string): KeySource => ({ kind: 'function', source, type: 'any' });

describe('the key of a record', () => {
  it('is the value of one field, whose column hot loops may read themselves', () => {
    expect(keyOf({ kind: 'fields', fields: ['city'] })).toBe('Rome');
    expect(new KeyReader({ kind: 'fields', fields: ['year'] }, TRIPS)).toMatchObject({ columnIndex: 1, type: 'int' });
  });

  it('is a list for several fields, and parts of it may be null', () => {
    expect(keyOf({ kind: 'fields', fields: ['year', 'driver'] })).toEqual([2024, null]);
    expect(new KeyReader({ kind: 'fields', fields: ['year', 'city'] }, TRIPS)).toMatchObject({ columnIndex: -1, type: ['int', 'string'] });
  });

  it('is what a function returns', () => {
    expect(keyOf(byFunction('(r) => r.city.toLowerCase()'))).toBe('rome');
    expect(keyOf(byFunction('({ city, year }) => [city, year > 2000]'))).toEqual(['Rome', true]);
    expect(keyOf(byFunction('(r) => Object.keys(r).length'))).toBe(4);
    expect(keyOf(byFunction('(r) => r.driver ?? "nobody"'))).toBe('nobody');
  });

  it('may be inside rows, as deep as it likes; a row that is missing has no fields', () => {
    const schema: Schema = {
      fields: [
        { name: 'id', type: 'int' },
        {
          name: 'home',
          type: 'row',
          nullable: true,
          fields: [
            { name: 'zip', type: 'string' },
            { name: 'at', type: 'row', fields: [{ name: 'floor', type: 'int' }] },
          ],
        },
        { name: 'home.at', type: 'boolean' },
      ],
    };
    const ann = { id: 1, home: { zip: '10115', at: { floor: 3 } }, 'home.at': true };
    const nobody = { id: 2, home: null, 'home.at': false };
    const key = (record: Row, ...fields: string[]): unknown => keyOf({ kind: 'fields', fields }, record, schema);
    expect(key(ann, 'home.zip')).toBe('10115');
    expect(key(ann, 'home.at.floor', 'id')).toEqual([3, 1]);
    expect(key(nobody, 'home.at.floor', 'id')).toEqual([null, 2]);
    // A name that has a dot itself comes before a path.
    expect(key(ann, 'home.at')).toBe(true);
    expect(() => key(nobody, 'home.zip')).toThrow('The key field "home.zip" is null: a record must have a key.');
    const reader = new KeyReader({ kind: 'fields', fields: ['home.zip'] }, schema);
    expect(reader).toMatchObject({ columnIndex: -1, type: 'string' });
    expect(reader.hashOf('10115')).toBe(javaHashCode('10115', 'string'));
  });

  it('does not tell −0 from 0', () => {
    expect(keyOf({ kind: 'fields', fields: ['fare'] })).toBe(0);
  });

  it('must be there and be a value', () => {
    expect(() => keyOf({ kind: 'fields', fields: ['driver'] })).toThrow('The key field "driver" is null: a record must have a key.');
    expect(() => keyOf(byFunction('(r) => ({ city: r.city })'))).toThrow('The key that the function returned is an object.');
    expect(() => keyOf(byFunction('(r) => []'))).toThrow('The key that the function returned is an empty list.');
  });

  it('has an identity that only equal keys share', () => {
    const keys = [['a,b'], ['a', 'b'], ['a', null], ['a', 'null'], [1], ['1'], 'a', 1];
    expect(new Set(keys.map((key) => identityOfKey(key))).size).toBe(keys.length);
    expect(identityOfKey(['a', 1])).toBe(identityOfKey(['a', 1]));
  });
});

/** Expected values were printed by Java 17. */
describe('hash codes of Java', () => {
  it.each([
    ['', 'string', 0],
    ['hello', 'string', 99162322],
    ['sensor_1', 'string', 1262115052],
    ['höhe 😀', 'string', 659764888],
    [1700000000123, 'timestamp', -807048720],
    [21.7, 'double', 1929805824],
    [-40.25, 'double', -1069277184],
    [-5, 'int', -5],
    [5, 'long', 5],
    [-5, 'long', 4],
    [-1, 'long', 0],
    [4294967296, 'long', 1],
    [1.5, 'double', 1073217536],
    [5, 'double', 1075052544],
    [0, 'double', 0],
    [Number.NaN, 'double', 2146959360],
    [true, 'boolean', 1231],
    [false, 'boolean', 1237],
    [null, 'string', 0],
  ] as const)('%s as %s', (value, type, hash) => {
    expect(javaHashCode(value, type)).toBe(hash);
  });

  it('of several values are those of tuples', () => {
    expect(javaHashCode(['Rome', 2024], ['string', 'int'])).toBe(79145427);
    expect(javaHashCode(['hello', -5], ['string', 'int'])).toBe((31 * 99162322 - 5) | 0);
    expect(javaHashCode([null, true], ['string', 'boolean'])).toBe(1231);
  });

  it('of numbers of unknown type go by the value', () => {
    expect([javaHashCode(-5, 'any'), javaHashCode(4294967296, 'any'), javaHashCode(1.5, 'any')]).toEqual([-5, 1, 1073217536]);
  });
});
