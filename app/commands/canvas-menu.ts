import type { CanvasMenu } from '../canvas/canvas-store.ts';
import { useCanvas } from '../canvas/canvas-store.ts';
import { revealNode } from './canvas-actions.ts';
import { documentStore } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { commandOf } from './all-commands.ts';
import type { Command } from './command.ts';

/** The commands of a context menu: for what was clicked, or for the whole graph. `null` is a divider. */
export function commandsFor(target: CanvasMenu['target']): readonly (Command | null)[] {
  const named = (...ids: readonly string[]) => ids.map(commandOf);
  if (target.kind === 'node')
    return [...named('connect', 'add-operator'), null, ...named('copy', 'cut', 'duplicate'), null, ...named('delete')];
  if (target.kind === 'edge') return [...edgeCommands(target.id), null, ...named('delete')];
  return [...named('add-operator', 'paste'), null, ...named('select-all', 'arrange', 'fit-view'), null, ...named('toggle-outline')];
}

function edgeCommands(edgeId: string): readonly Command[] {
  const { document } = documentStore.getState();
  const edge = document.edges.find((other) => other.id === edgeId);
  if (edge === undefined) return [];
  const at = useCanvas.getState().menu?.at ?? { x: 0, y: 0 };
  return [
    {
      id: 'insert-into-edge',
      label: 'Insert an operator…',
      group: 'Edit',
      run: () => useCanvas.setState({ search: { at, placement: { kind: 'on-edge', edgeId } } }),
    },
    { id: 'go-to-source', label: `Go to ${titleOf(document, edge.source)}`, group: 'View', run: () => revealNode(edge.source) },
    { id: 'go-to-target', label: `Go to ${titleOf(document, edge.target)}`, group: 'View', run: () => revealNode(edge.target) },
  ];
}
