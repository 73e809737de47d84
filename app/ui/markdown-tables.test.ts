import { expect, test } from 'vitest';
import { markdownBlocks } from './markdown-tables.ts';

test('tables are taken out of the text around them', () => {
  const markdown = ['# Map', '', 'Before', '', '| In | Out |', '|---|:--|', '| `a \\| b` | 1 |', '| c |  |', '', 'After | here'].join('\n');
  expect(markdownBlocks(markdown)).toEqual([
    { kind: 'text', text: '# Map\n\nBefore' },
    {
      kind: 'table',
      head: ['In', 'Out'],
      rows: [
        ['`a | b`', '1'],
        ['c', ''],
      ],
    },
    { kind: 'text', text: 'After | here' },
  ]);
});

test('fenced code stays as it is', () => {
  const markdown = ['```', 'a | b', '--|--', '1 | 2', '```'].join('\n');
  expect(markdownBlocks(markdown)).toEqual([{ kind: 'text', text: markdown }]);
});

test('a table may be all there is', () => {
  expect(markdownBlocks('a | b\n- | -\n1 | 2')).toEqual([{ kind: 'table', head: ['a', 'b'], rows: [['1', '2']] }]);
});
