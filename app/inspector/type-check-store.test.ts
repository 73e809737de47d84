import { expect, test } from 'vitest';
import { useTypeCheckStore } from './type-check-store.ts';

const ERROR = { field: 'fn', line: 1, column: 8, endLine: 1, endColumn: 12, message: "Property 'temp' does not exist on type 'Input'." };

test('keeps errors per field and forgets nodes that are gone', () => {
  const { setErrors, retain } = useTypeCheckStore.getState();
  const other = { ...ERROR, field: 'key' };
  setErrors('map-1', 'fn', [ERROR]);
  setErrors('filter-1', 'fn', [ERROR, ERROR]);
  setErrors('filter-1', 'key', [other]);
  expect(useTypeCheckStore.getState().errors).toEqual({ 'map-1': [ERROR], 'filter-1': [ERROR, ERROR, other] });
  setErrors('map-1', 'fn', []);
  setErrors('filter-1', 'fn', []);
  expect(useTypeCheckStore.getState().errors).toEqual({ 'filter-1': [other] });
  retain((nodeId) => nodeId === 'map-1');
  expect(useTypeCheckStore.getState().errors).toEqual({});
});
