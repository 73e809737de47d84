import type { PipelineDocument } from '../../engine/api/index.ts';
import type { DocumentStore, History, UndoStep } from './create-document-store.ts';

const KEY = 'millrace/history';
/** Of all steps together. A tab has room for about five million characters; a usual document has five thousand. */
const MAX_CHARACTERS = 1_000_000;

interface KeptHistory {
  /** What the document was that the history leads to: steps of another one would undo what nobody did. */
  readonly of: string;
  readonly undo: readonly UndoStep[];
  readonly redo: readonly UndoStep[];
}

/**
 * Takes the newest steps over a reload. They are kept in the tab's own storage when the page is left: a history belongs to a tab, and writing it at
 * every change would cost more than the document itself. After a crash there is the version history.
 */
export function keepHistory(storage: Storage, store: DocumentStore): void {
  const { document, history } = store.getState();
  const { undo, redo } = history();
  let room = MAX_CHARACTERS;
  const newest = (steps: readonly UndoStep[]): UndoStep[] => {
    const kept: UndoStep[] = [];
    for (const step of steps.toReversed()) {
      room -= JSON.stringify(step).length;
      if (room < 0) break;
      kept.unshift(step);
    }
    return kept;
  };
  const kept: KeptHistory = { of: contentOf(document), undo: newest(undo), redo: newest(redo) };
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // No room, or no storage at all: the document itself is kept elsewhere, only undo begins anew.
    storage.removeItem(KEY);
  }
}

/** Brings the steps back that lead to the present document, if it is still as it was left. Call it before anything is edited. */
export function restoreHistory(storage: Storage, store: DocumentStore, parse: (text: string) => PipelineDocument): void {
  const text = storage.getItem(KEY);
  storage.removeItem(KEY);
  if (text === null) return;
  try {
    const kept = JSON.parse(text) as KeptHistory;
    if (kept.of !== contentOf(store.getState().document)) return;
    const read = (steps: readonly UndoStep[]) => steps.map((step) => ({ ...step, document: parse(JSON.stringify(step.document)) }));
    const history: History = { undo: read(kept.undo), redo: read(kept.redo) };
    store.getState().restoreHistory(history);
  } catch {
    // Damaged, or of another build: undo begins anew, as it would in a new tab.
  }
}

/** The document but for where one looked. */
function contentOf(document: PipelineDocument): string {
  return JSON.stringify({ ...document, view: undefined });
}
