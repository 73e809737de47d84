import { useMemo } from 'react';
import type { AnyDefinition } from '../../engine/api/index.ts';
import { connectionProblemOf, definitions } from '../../engine/api/index.ts';
import { documentStore } from '../document/document-store.ts';
import { canSplice, planAddOperator } from '../document/edits/add-operator.ts';
import type { Placement } from '../document/edits/add-operator.ts';
import { possibleConnections } from '../document/edits/connect.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { CATEGORY_TITLES, byCategory } from '../operators/categories.ts';
import { FloatingList } from '../ui/FloatingList.tsx';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import type { PickItem } from '../ui/PickList.tsx';
import { addOperator, connect } from '../commands/canvas-actions.ts';
import { focusNode, nodeElement, useCanvas } from './canvas-store.ts';

/** The list of operators that opens at the pointer: to add, to insert into an edge, or to end a wire that was dropped on nothing. */
export function CanvasSearch() {
  const search = useCanvas((state) => state.search);
  const close = () => {
    useCanvas.setState({ search: null });
    useCanvas.getState().element?.focus({ preventScroll: true });
  };
  const items = useMemo(() => (search === null ? [] : operatorItems(search.placement)), [search]);
  if (search === null) return null;
  return (
    <FloatingList
      at={search.at}
      label={searchLabel(search.placement)}
      placeholder="Search operators"
      items={items}
      nothingFound="No operator is called that. Try what it does: filter, window, sink."
      onPick={(item) => {
        useCanvas.setState({ search: null });
        addOperator(item.id, search.placement);
      }}
      onClose={close}
    />
  );
}

function searchLabel(placement: Placement): string {
  const { document } = documentStore.getState();
  if (placement.kind === 'after') return `Add an operator after ${titleOf(document, placement.nodeId)}`;
  if (placement.kind === 'on-edge') return 'Insert an operator';
  if (placement.kind === 'from-port') return `Connect ${titleOf(document, placement.from.nodeId)} to a new operator`;
  return 'Add an operator';
}

function operatorItems(placement: Placement): readonly PickItem[] {
  return byCategory(definitions())
    .filter((definition) => fits(definition, placement))
    .map((definition) => ({
      id: definition.type,
      title: definition.title,
      description: definition.summary,
      group: CATEGORY_TITLES[definition.category],
      keywords: [...definition.keywords, definition.type],
      icon: (
        <span className="mr-node-icon" data-category={definition.category}>
          <OperatorIcon type={definition.type} size={16} />
        </span>
      ),
    }));
}

/** Only operators that would come connected, where the place asks for a connection. */
function fits(definition: AnyDefinition, placement: Placement): boolean {
  if (placement.kind === 'on-edge') return canSplice(definition);
  if (placement.kind !== 'from-port') return true;
  return planAddOperator(documentStore.getState().document, definition, placement).connected;
}

/** Connecting without dragging: choose the other end from a list. */
export function ConnectChooser() {
  const nodeId = useCanvas((state) => state.connecting);
  const items = useMemo(() => (nodeId === null ? [] : connectionItems(nodeId)), [nodeId]);
  if (nodeId === null) return null;
  const { document } = documentStore.getState();
  const box = nodeElement(nodeId)?.getBoundingClientRect();
  const finish = () => {
    useCanvas.setState({ connecting: null });
    focusNode(nodeId);
  };
  return (
    <FloatingList
      at={box === undefined ? { x: 80, y: 80 } : { x: box.right + 8, y: box.top }}
      label={`Connect ${titleOf(document, nodeId)} to`}
      placeholder={`Connect ${titleOf(document, nodeId)} to …`}
      items={items}
      nothingFound="There is no other operator to connect to."
      onPick={(item) => {
        const chosen = possibleConnections(documentStore.getState().document, documentStore.getState().analysis, nodeId)[Number(item.id)];
        if (chosen !== undefined && connectionProblemOf(documentStore.getState().document, chosen.connection) === null)
          connect(chosen.connection, null);
        finish();
      }}
      onClose={finish}
    />
  );
}

function connectionItems(nodeId: string): readonly PickItem[] {
  const { document, analysis } = documentStore.getState();
  return possibleConnections(document, analysis, nodeId).map((possible, index) => {
    const otherId = possible.connection.source === nodeId ? possible.connection.target : possible.connection.source;
    const type = document.nodes.find((node) => node.id === otherId)?.type ?? '';
    return { id: String(index), title: possible.title, refused: possible.refused, icon: <OperatorIcon type={type} size={16} /> };
  });
}
