import { applyChange } from '../changes.ts';
import type { Change } from '../changes.ts';
import type { DocumentState, Selection } from '../create-document-store.ts';
import type { PipelineDocument } from '../../../engine/api/index.ts';

/** What a person does in one go, planned: applied as one undo step. */
export interface Edit {
  readonly changes: readonly Change[];
  readonly label: string;
  readonly select?: Partial<Selection>;
}

export function applyEdit(state: DocumentState, edit: Edit): void {
  state.apply(edit.changes, edit.label, edit.select === undefined ? {} : { select: edit.select });
}

export function after(document: PipelineDocument, changes: readonly Change[]): PipelineDocument {
  return changes.reduce(applyChange, document);
}
