import type { PipelineDocument } from '../../engine/api/index.ts';
import { emptyDocument, parseDocument } from '../../engine/api/index.ts';
import { documentStore } from './document-store.ts';

/** The document as a file: what `importText` reads back. */
export function exportText(document: PipelineDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function fileNameOf(document: PipelineDocument): string {
  const name = document.job.name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${name === '' ? 'pipeline' : name}.json`;
}

/**
 * Opens a document's text in place of the current one, undoable.
 * @throws DocumentError when it is not one; the current document is then untouched.
 */
export function importText(text: string): PipelineDocument {
  const parsed = parseDocument(text);
  const { document, replaceDocument } = documentStore.getState();
  // A copy under the same id would write over the document it was exported from.
  const opened = parsed.id === document.id ? { ...parsed, id: crypto.randomUUID() } : parsed;
  replaceDocument(opened, { undoable: true, label: `Open ${opened.job.name}` });
  return opened;
}

export function newPipeline(): void {
  documentStore.getState().replaceDocument(emptyDocument(crypto.randomUUID()), { undoable: true, label: 'New pipeline' });
}
