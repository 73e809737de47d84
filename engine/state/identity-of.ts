import type { Identity } from '../time/timer-service.ts';

/**
 * A primitive that is equal exactly for equal values, so that composite keys (several fields, nested records) can be looked up in a
 * `Map`. Primitives stand for themselves. -0 and 0 are equal, NaN equals NaN.
 */
export function identityOf(value: unknown): Identity {
  switch (typeof value) {
    case 'string':
      // A text that could be mistaken for an encoded composite is encoded itself.
      return value.startsWith(MARK) ? encode(value) : value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    default:
      return encode(value);
  }
}

const MARK = '\u0000';

function encode(value: unknown): string {
  return MARK + text(value);
}

function text(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return value === 0 ? '0' : String(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${text(field)}`).join(',')}}`;
  }
  throw new TypeError(`A key holds plain data, not a ${typeof value}.`);
}
