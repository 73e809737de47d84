import type { PipelineDocument } from '../../engine/api/index.ts';
import { parseDocument } from '../../engine/api/index.ts';
import { documentStore } from '../document/document-store.ts';
import { exampleText } from './example-files.ts';

export async function loadExample(id: string): Promise<PipelineDocument> {
  return parseDocument(await exampleText(id));
}

/** Opens a copy of an example in place of the current pipeline; undoable. Resolves to what was opened. */
export async function openExample(id: string): Promise<PipelineDocument> {
  // A copy of its own: the one that was opened and edited earlier must not be written over.
  const document = { ...(await loadExample(id)), id: crypto.randomUUID() };
  documentStore.getState().replaceDocument(document, { undoable: true, label: `Open ${document.job.name}` });
  return document;
}
