import type { PickItem } from '../ui/PickList.tsx';

/** A worked example of the folder `examples`: what is known of it before its document is loaded. */
export interface Example {
  /** Its folder: `e18-sliding-average`. */
  readonly id: string;
  readonly title: string;
  /** First paragraph of its text, as plain words. */
  readonly summary: string;
  /** What to look for, in Markdown, without title and command line. */
  readonly text: string;
  readonly group: string;
}

/** Folders are numbered in the order in which one learns; a group begins at a number. */
const GROUPS: readonly (readonly [from: number, title: string])[] = [
  [0, 'Start here'],
  [1, 'DataStream basics'],
  [13, 'Time and process functions'],
  [18, 'Windows and late readings'],
  [29, 'State'],
  [36, 'Joins'],
  [37, 'Sources and sinks'],
  [49, 'Walkthroughs'],
];

const NUMBERED = /^e(\d+)([a-z]?)-/;

/** All examples in the order of their groups. `readmes`: Markdown by path. */
export function exampleList(readmes: Readonly<Record<string, string>>): readonly Example[] {
  return Object.entries(readmes)
    .map(([path, readme]) => exampleOf(path.split('/').at(-2) ?? '', readme))
    .toSorted((a, b) => rankOf(a.id) - rankOf(b.id) || (a.id < b.id ? -1 : 1));
}

function exampleOf(id: string, readme: string): Example {
  const [heading = '', ...rest] = readme.trim().split('\n');
  const text = rest
    .join('\n')
    // The command is for who reads the text beside the files.
    .replace(/\n```\n[^`]*```\s*$/, '')
    .trim();
  const [summary = ''] = text.split('\n\n');
  return { id, title: heading.replace(/^#\s*/, ''), summary: plain(summary), text, group: groupOf(id) };
}

function plain(markdown: string): string {
  return markdown.replaceAll(/[*`]/g, '').replaceAll(/\s+/g, ' ');
}

function rankOf(id: string): number {
  return Number(NUMBERED.exec(id)?.[1] ?? 0);
}

function groupOf(id: string): string {
  const rank = rankOf(id);
  return GROUPS.findLast(([from]) => from <= rank)?.[1] ?? '';
}

/** For `searchItems`: found by title first, then by any word of its text, its group, its number ("e18"). */
export function searchItemOf(example: Example): PickItem {
  const number = NUMBERED.exec(example.id);
  return {
    id: example.id,
    title: example.title,
    description: example.summary,
    group: example.group,
    keywords: [example.text, number === null ? example.id : `e${number[1]}${number[2]} e-${number[1]}${number[2]}`],
  };
}
