import { BatchMemory } from '../batch/batch-memory.ts';
import { poolFromRows } from '../batch/batch-pool.ts';
import { Column } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import { watchReturnedMemory } from '../batch/leases.ts';

/** No test expects them. */
const NO_NUMBER = -7.777e77;
const NO_CODE = -77_777;
const NO_BYTE = 0x77;
const NO_VALUE = Symbol('memory that was given back');

/** Writes what nobody expects over all arrays of memory that was given back. */
export function poison(memory: unknown): void {
  if (memory instanceof Float64Array) memory.fill(NO_NUMBER);
  else if (memory instanceof Int32Array) memory.fill(NO_CODE);
  else if (memory instanceof Uint8Array) memory.fill(NO_BYTE);
  else if (memory instanceof BatchMemory) memory.arrays.forEach(poison);
  else if (memory instanceof Column) poisonColumn(memory);
  else if (Array.isArray(memory)) memory.forEach((item, i) => (isObject(item) ? poison(item) : (memory[i] = NO_VALUE)));
  else if (isObject(memory) && !(memory instanceof Dictionary)) Object.values(memory).forEach(poison);
}

/** What an object column holds belongs to whoever made it, and may be in a state by now: its places are memory, what stands in them is not. */
function poisonColumn({ f64, codes, bytes, objects, nulls }: Column): void {
  for (const array of [f64, codes, bytes, nulls]) poison(array);
  objects.fill(NO_VALUE);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

// In all tests: nearly all batches have memory that comes back, and whoever still reads what it gave back reads nonsense.
poolFromRows(2);
watchReturnedMemory(poison);
