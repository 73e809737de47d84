import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { documentStore } from '../document/document-store.ts';
import { searchItems } from '../ui/PickList.tsx';
import { EXAMPLES } from './example-files.ts';
import { exampleList, searchItemOf } from './example-list.ts';
import { openExample } from './open-example.ts';

const folders = readdirSync(path.join(import.meta.dirname, '../../examples'), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);

describe('the gallery', () => {
  it('offers every worked example, with a title and a summary', () => {
    expect(EXAMPLES.map((example) => example.id).toSorted()).toEqual(folders.map((folder) => folder.name).toSorted());
    expect(EXAMPLES.filter(({ title, summary, group }) => title === '' || summary === '' || group === '')).toEqual([]);
  });

  it('shows them in the order in which one learns, each group in one piece', () => {
    const groups = EXAMPLES.map((example) => example.group).filter((group, index, all) => group !== all[index - 1]);
    expect(groups).toEqual([
      'Start here',
      'DataStream basics',
      'Time and process functions',
      'Windows and late readings',
      'State',
      'Joins',
      'Walkthroughs',
    ]);
  });

  it('finds by title first, by every word of the text, and by number', () => {
    const find = (query: string) => searchItems(EXAMPLES.map(searchItemOf), query).map((item) => item.title);
    expect(find('sess')[0]).toBe('Session windows');
    expect(find('late readings').slice(0, 2)).toEqual(['Late readings', 'Late readings of a window']);
    expect(find('e18')).toEqual(['Sliding average']);
    expect(find('E-36b')).toEqual(['Clicks and purchases']);
    expect(find('broadcast')).toContain('Fire alarm');
    expect(find('zeppelin')).toEqual([]);
  });
});

test('a text becomes title, summary and what to look for; the command is left out', () => {
  const readme = '# Two *ways*\n\nOne is `short`,\nthe other long.\n\nWhat to look for:\n\n- this\n\n```\nnpm run x\n```\n';
  expect(exampleList({ '../x/e05-two-ways/README.md': readme })).toEqual([
    {
      id: 'e05-two-ways',
      title: 'Two *ways*',
      summary: 'One is short, the other long.',
      text: 'One is `short`,\nthe other long.\n\nWhat to look for:\n\n- this',
      group: 'DataStream basics',
    },
  ]);
});

describe.each(EXAMPLES.map(({ id, title }) => [title, id] as const))('the example "%s"', (title, id) => {
  it('opens in place of the pipeline, ready to run, with all its data, and can be undone', async () => {
    const before = documentStore.getState().document;
    const opened = await openExample(id);
    const { document, analysis, untouched } = documentStore.getState();
    expect(document).toBe(opened);
    expect(document.job.name).toBe(title);
    expect(analysis.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(analysis.runnable).toBe(true);
    expect(document.data.map((data) => data.source.kind).filter((kind) => kind !== 'inline')).toEqual([]);
    expect(untouched).toBe(true);
    documentStore.getState().undo();
    expect(documentStore.getState().document).toBe(before);
  });

  it('opens as a copy of its own each time', async () => {
    const first = await openExample(id);
    const second = await openExample(id);
    expect(second.id).not.toBe(first.id);
    expect({ ...second, id: '' }).toEqual({ ...first, id: '' });
  });
});
