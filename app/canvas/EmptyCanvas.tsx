import { Button } from '@mantine/core';
import { useDocument } from '../document/document-store.ts';
import { openDialog } from '../ui/dialogs-store.ts';
import { canvasMiddle, toCanvas, useCanvas } from './canvas-store.ts';

/** An empty canvas says how to begin. */
export function EmptyCanvas() {
  const empty = useDocument((state) => state.document.nodes.length === 0);
  if (!empty) return null;
  const search = () => {
    const at = canvasMiddle();
    useCanvas.setState({ search: { at: { x: at.x - 170, y: at.y - 60 }, placement: { kind: 'at', position: toCanvas(at) } } });
  };
  return (
    <div className="mr-empty">
      <h2>Start with a source</h2>
      <p>Drop a CSV or NDJSON file here, drag an operator from the left, or double-click the canvas to search.</p>
      <div className="mr-empty-actions">
        <Button onClick={search}>Add an operator</Button>
        <Button variant="default" onClick={() => openDialog('examples')}>
          Browse examples
        </Button>
      </div>
    </div>
  );
}
