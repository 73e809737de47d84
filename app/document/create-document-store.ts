import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Analysis, PipelineDocument } from '../../engine/api/index.ts';
import { applyChange, coalescingKey } from './changes.ts';
import type { Change } from './changes.ts';

export interface Selection {
  readonly nodeIds: readonly string[];
  readonly edgeIds: readonly string[];
}

export const NOTHING_SELECTED: Selection = { nodeIds: [], edgeIds: [] };

/** Undo goes back at least this far. Documents share their unchanged parts, so a step costs little. */
const UNDO_STEPS = 500;
const COALESCE_MS = 1000;

export interface UndoStep {
  readonly label: string;
  /** The document to go back (or forward) to, and what was selected then. */
  readonly document: PipelineDocument;
  readonly selection: Selection;
}

/** Oldest first: the last of `undo` is what undo goes back to, the last of `redo` what redo goes forward to. */
export interface History {
  readonly undo: readonly UndoStep[];
  readonly redo: readonly UndoStep[];
}

export interface ApplyOptions {
  /** Changes that follow with the same key within a second join this undo step (keyboard nudging). Typing in a field has one by itself. */
  readonly coalesce?: string;
  /** Becomes the selection, in the same step. */
  readonly select?: Partial<Selection>;
}

export interface DocumentState {
  readonly document: PipelineDocument;
  readonly analysis: Analysis;
  readonly selection: Selection;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  /** Nothing but the viewport changed since this document was opened. */
  readonly untouched: boolean;

  /** One undo step, named by `label` ("Move Filter"). `set-view` alone is not undoable. */
  apply(change: Change | readonly Change[], label: string, options?: ApplyOptions): void;
  /** The next change starts its own undo step, whatever it is: call it when a field loses focus. */
  endCoalescing(): void;
  undo(): void;
  redo(): void;
  select(selection: Partial<Selection>): void;
  /** Both ways from here. */
  history(): History;
  /** Goes on from a history that leads to the present document. */
  restoreHistory(history: History): void;
  /** Opens another document. Undoable unless it is the very first. */
  replaceDocument(document: PipelineDocument, options: { readonly undoable: boolean; readonly label?: string }): void;
}

export interface DocumentStoreEnvironment {
  readonly analyze: (document: PipelineDocument) => Analysis;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export type DocumentStore = StoreApi<DocumentState>;

/** The pipeline being edited, its analysis, selection and history. No React, no storage. */
export function createDocumentStore(initial: PipelineDocument, environment: DocumentStoreEnvironment): DocumentStore {
  let undoSteps: UndoStep[] = [];
  let redoSteps: UndoStep[] = [];
  let openKey: string | null = null;
  let lastApplied = 0;

  return createStore<DocumentState>()((set, get) => {
    const reach = () => ({
      canUndo: undoSteps.length > 0,
      canRedo: redoSteps.length > 0,
      undoLabel: undoSteps.at(-1)?.label ?? null,
      redoLabel: redoSteps.at(-1)?.label ?? null,
    });

    const travel = (from: UndoStep[], to: UndoStep[]) => {
      const step = from.pop();
      if (step === undefined) return;
      const { document, selection } = get();
      to.push({ label: step.label, document, selection });
      openKey = null;
      const target = withViewOf(step.document, document);
      set({
        document: target,
        analysis: environment.analyze(target),
        selection: existing(step.selection, target),
        untouched: false,
        ...reach(),
      });
    };

    const remember = (label: string, key: string | null) => {
      const now = environment.now();
      const joins = key !== null && key === openKey && now - lastApplied < COALESCE_MS && undoSteps.length > 0;
      openKey = key;
      lastApplied = now;
      redoSteps = [];
      if (joins) return;
      undoSteps.push({ label, document: get().document, selection: get().selection });
      if (undoSteps.length > UNDO_STEPS) undoSteps = undoSteps.slice(-UNDO_STEPS);
    };

    return {
      document: initial,
      analysis: environment.analyze(initial),
      selection: NOTHING_SELECTED,
      canUndo: false,
      canRedo: false,
      undoLabel: null,
      redoLabel: null,
      untouched: true,

      apply(change, label, options) {
        const changes = Array.isArray(change) ? (change as readonly Change[]) : [change as Change];
        const before = get().document;
        const after = changes.reduce(applyChange, before);
        const wanted = options?.select === undefined ? get().selection : { ...NOTHING_SELECTED, ...options.select };
        if (after === before) {
          if (options?.select !== undefined) get().select(wanted);
          return;
        }
        if (onlyViewDiffers(before, after)) {
          set({ document: after });
          return;
        }
        const only = changes.length === 1 ? changes[0] : undefined;
        remember(label, options?.coalesce ?? (only === undefined ? null : coalescingKey(only)));
        set({ document: after, analysis: environment.analyze(after), selection: existing(wanted, after), untouched: false, ...reach() });
      },
      endCoalescing() {
        openKey = null;
      },
      undo() {
        travel(undoSteps, redoSteps);
      },
      redo() {
        travel(redoSteps, undoSteps);
      },
      select(selection) {
        const next = existing({ ...NOTHING_SELECTED, ...selection }, get().document);
        if (!sameSelection(next, get().selection)) set({ selection: next });
      },
      history() {
        return { undo: undoSteps, redo: redoSteps };
      },
      restoreHistory({ undo, redo }) {
        undoSteps = [...undo];
        redoSteps = [...redo];
        openKey = null;
        set(reach());
      },
      replaceDocument(document, { undoable, label }) {
        if (undoable) remember(label ?? 'Open pipeline', null);
        else {
          undoSteps = [];
          redoSteps = [];
          openKey = null;
        }
        set({ document, analysis: environment.analyze(document), selection: NOTHING_SELECTED, untouched: true, ...reach() });
      },
    };
  });
}

/** Undo brings back what was edited, not where one looked; unless it brings back another pipeline. */
function withViewOf(document: PipelineDocument, current: PipelineDocument): PipelineDocument {
  if (document.id !== current.id || document.view === current.view || current.view === undefined) return document;
  return { ...document, view: current.view };
}

function onlyViewDiffers(before: PipelineDocument, after: PipelineDocument): boolean {
  return (
    before.nodes === after.nodes &&
    before.edges === after.edges &&
    before.data === after.data &&
    before.job === after.job &&
    before.id === after.id
  );
}

/** The part of a selection that the document has. */
function existing(selection: Selection, document: PipelineDocument): Selection {
  if (selection.nodeIds.length === 0 && selection.edgeIds.length === 0) return NOTHING_SELECTED;
  const nodes = new Set(document.nodes.map((node) => node.id));
  const edges = new Set(document.edges.map((edge) => edge.id));
  return { nodeIds: selection.nodeIds.filter((id) => nodes.has(id)), edgeIds: selection.edgeIds.filter((id) => edges.has(id)) };
}

function sameSelection(a: Selection, b: Selection): boolean {
  return a.nodeIds.join(' ') === b.nodeIds.join(' ') && a.edgeIds.join(' ') === b.edgeIds.join(' ');
}
