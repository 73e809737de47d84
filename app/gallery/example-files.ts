import { exampleList } from './example-list.ts';

// Part of the gallery's chunk, which is loaded when the gallery is opened first.
const readmes = import.meta.glob<string>('../../examples/*/README.md', { query: '?raw', import: 'default', eager: true });
// A chunk each: only what is looked at is loaded.
const documents = import.meta.glob<string>('../../examples/*/pipeline.json', { query: '?raw', import: 'default' });

export const EXAMPLES = exampleList(readmes);

/** The text of an example's document. Its data is part of it. */
export async function exampleText(id: string): Promise<string> {
  const load = documents[`../../examples/${id}/pipeline.json`];
  if (load === undefined) throw new Error(`There is no example "${id}".`);
  return await load();
}
