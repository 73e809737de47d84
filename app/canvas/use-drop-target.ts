import type { DragEvent } from 'react';
import { useMemo } from 'react';
import type { Placement } from '../document/edits/add-operator.ts';
import { canSplice } from '../document/edits/add-operator.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { addOperator } from '../commands/canvas-actions.ts';
import { OPERATOR_DRAG_TYPE } from '../operators/operator-drag.ts';
import { toCanvas } from './canvas-store.ts';

/** Palette → canvas by drag. On an edge it splices. Files are everybody's business and handled by the window. */
export function useDropTarget() {
  return useMemo(
    () => ({
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes(OPERATOR_DRAG_TYPE)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDrop: (event: DragEvent) => {
        const type = event.dataTransfer.getData(OPERATOR_DRAG_TYPE);
        if (type === '') return;
        event.preventDefault();
        addOperator(type, placementAt(type, event));
      },
    }),
    [],
  );
}

function placementAt(type: string, event: DragEvent): Placement {
  const position = toCanvas({ x: event.clientX, y: event.clientY });
  const definition = definitionOf(type);
  const edge = document
    .elementsFromPoint(event.clientX, event.clientY)
    .map(
      (element) =>
        element.closest<HTMLElement>('.react-flow__edge')?.dataset['id'] ??
        element.closest<HTMLElement>('.mr-edge-label')?.dataset['edgeId'],
    )
    .find((id) => id !== undefined);
  if (edge !== undefined && definition !== undefined && canSplice(definition)) return { kind: 'on-edge', edgeId: edge, position };
  return { kind: 'at', position };
}
