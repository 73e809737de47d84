import { expect, test } from 'vitest';
import { emptyDocument } from '../../engine/api/index.ts';
import type { PipelineDocument } from '../../engine/api/index.ts';
import { neighbourOf } from './graph-walk.ts';

const edge = (source: string, target: string) => ({ id: `${source}${target}`, source, sourcePort: 'out', target, targetPort: 'in' });
const document: PipelineDocument = { ...emptyDocument('d'), edges: [edge('a', 'b'), edge('b', 'c'), edge('b', 'd')] };
const order = ['a', 'b', 'c', 'd'];
const walk = (from: string, ...keys: string[]) =>
  keys.reduce<string | null>((at, key) => (at === null ? null : neighbourOf(document, order, at, key)), from);

test('arrows follow the stream and go between branches', () => {
  expect(walk('a', 'ArrowRight', 'ArrowRight')).toBe('c');
  expect(walk('c', 'ArrowDown')).toBe('d');
  expect(walk('d', 'ArrowUp', 'ArrowLeft', 'ArrowLeft')).toBe('a');
  expect(walk('a', 'End')).toBe('d');
  expect(walk('d', 'Home')).toBe('a');
  expect(walk('a', 'ArrowLeft')).toBeNull();
});
