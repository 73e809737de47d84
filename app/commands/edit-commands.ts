import { addOperator, arrange, copySelection, deleteSelection, duplicateSelection, pasteText, selectAll } from './canvas-actions.ts';
import { canvasMiddle, toCanvas, useCanvas } from '../canvas/canvas-store.ts';
import { documentStore } from '../document/document-store.ts';
import { CATEGORY_TITLES } from '../operators/categories.ts';
import { announce } from '../ui/announcer.ts';
import { tellError } from '../ui/messages.ts';
import type { Command } from './command.ts';
import { definitions } from '../../engine/api/index.ts';

const someSelected = (): true | string => {
  const { nodeIds, edgeIds } = documentStore.getState().selection;
  return nodeIds.length + edgeIds.length > 0 ? true : 'Select something first';
};
const nodesSelected = (): true | string => (documentStore.getState().selection.nodeIds.length > 0 ? true : 'Select an operator first');

function undo(): void {
  const { undoLabel, undo: run } = documentStore.getState();
  run();
  if (undoLabel !== null) announce(`Undone: ${undoLabel}.`);
}

function redo(): void {
  const { redoLabel, redo: run } = documentStore.getState();
  run();
  if (redoLabel !== null) announce(`Redone: ${redoLabel}.`);
}

async function copy(): Promise<boolean> {
  const text = copySelection();
  if (text === null) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    tellError('Not copied', `The browser refused the clipboard (${(error as Error).message}). Press Ctrl C instead.`);
    return false;
  }
}

async function paste(): Promise<void> {
  try {
    const text = await navigator.clipboard.readText();
    if (!pasteText(text, toCanvas(canvasMiddle()))) tellError('Nothing to paste', 'The clipboard holds no operators.');
  } catch (error) {
    tellError('Not pasted', `The browser refused the clipboard (${(error as Error).message}). Press Ctrl V instead.`);
  }
}

export const EDIT_COMMANDS: readonly Command[] = [
  {
    id: 'undo',
    label: 'Undo',
    group: 'Edit',
    shortcuts: ['mod+z'],
    enabled: () => documentStore.getState().canUndo || 'Nothing to undo',
    run: undo,
  },
  {
    id: 'redo',
    label: 'Redo',
    group: 'Edit',
    shortcuts: ['mod+shift+z', 'mod+y'],
    enabled: () => documentStore.getState().canRedo || 'Nothing to redo',
    run: redo,
  },
  {
    id: 'cut',
    label: 'Cut',
    group: 'Edit',
    enabled: nodesSelected,
    run: async () => {
      if (await copy()) deleteSelection();
    },
  },
  { id: 'copy', label: 'Copy', group: 'Edit', enabled: nodesSelected, run: async () => void (await copy()) },
  { id: 'paste', label: 'Paste', group: 'Edit', run: paste },
  { id: 'duplicate', label: 'Duplicate', group: 'Edit', shortcuts: ['mod+d'], enabled: nodesSelected, run: duplicateSelection },
  {
    id: 'delete',
    label: 'Delete',
    group: 'Edit',
    shortcuts: ['delete', 'backspace'],
    enabled: someSelected,
    keywords: 'remove',
    run: deleteSelection,
  },
  { id: 'select-all', label: 'Select all', group: 'Edit', shortcuts: ['mod+a'], run: selectAll },
  {
    id: 'add-operator',
    label: 'Add operator…',
    group: 'Edit',
    shortcuts: ['/'],
    keywords: 'insert search node',
    run: () => {
      const { nodeIds } = documentStore.getState().selection;
      const [only] = nodeIds;
      const at = canvasMiddle();
      const placement =
        nodeIds.length === 1 && only !== undefined
          ? ({ kind: 'after', nodeId: only } as const)
          : ({ kind: 'at', position: toCanvas(at) } as const);
      useCanvas.setState({ search: { at: { x: at.x - 170, y: at.y - 160 }, placement } });
    },
  },
  {
    id: 'connect',
    label: 'Connect to…',
    group: 'Edit',
    keywords: 'wire edge link',
    enabled: () => (documentStore.getState().selection.nodeIds.length === 1 ? true : 'Select one operator first'),
    run: () => useCanvas.setState({ connecting: documentStore.getState().selection.nodeIds[0] ?? null }),
  },
  { id: 'arrange', label: 'Arrange', group: 'Edit', shortcuts: ['shift+l'], keywords: 'layout tidy dagre', run: arrange },
];

/** One per operator, for the command palette only. Two of the same title are told apart by their category. */
export function insertCommands(): readonly Command[] {
  const all = definitions();
  return all.map((definition) => {
    const ambiguous = all.filter((other) => other.title === definition.title).length > 1;
    return {
      id: `add-${definition.type}`,
      label: `Add ${definition.title}${ambiguous ? ` (${CATEGORY_TITLES[definition.category].toLowerCase()})` : ''}`,
      group: 'Edit',
      keywords: [...definition.keywords, definition.summary].join(' '),
      run: () => void addOperator(definition.type),
    };
  });
}
