import { FileDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { DOCUMENT_FORMAT } from '../../engine/api/index.ts';
import { openDocumentFile } from './file-commands.ts';
import { looksLikeRecords } from '../ui/looks-like-records.ts';
import { tellError } from '../ui/messages.ts';
import { canvasMiddle, toCanvas, useCanvas } from '../canvas/canvas-store.ts';
import { dropDataFile } from './drop-data-file.ts';

/** Files may be dropped anywhere: a document opens, data becomes a source. A field that takes files itself has stopped the event. */
export function WindowDrop() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onEnter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (event.defaultPrevented || !hasFiles(event)) return;
      event.preventDefault();
      void takeFiles([...(event.dataTransfer?.files ?? [])], event);
    };
    // A drop that somebody handled still ends the overlay, hence capture for the two ends.
    const endOverlay = () => {
      depth = 0;
      setOver(false);
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    window.addEventListener('drop', endOverlay, true);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('drop', endOverlay, true);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="mr-drop" aria-hidden="true">
      <div>
        <FileDown size={22} />
        <strong>Drop to use</strong>
        <span>CSV or NDJSON becomes a source, a Millrace .json opens</span>
      </div>
    </div>
  );
}

async function takeFiles(files: readonly File[], event: DragEvent): Promise<void> {
  const [file, another] = files;
  if (file === undefined) return;
  if (another !== undefined) tellError('One file at a time', `Only ${file.name} is used.`);
  if (/\.json$/i.test(file.name) && !(await holdsRecords(file))) {
    await openDocumentFile(file);
    return;
  }
  const target = event.target instanceof Element ? event.target : null;
  const nodeId = target?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  await dropDataFile(file, dropPlace(event), nodeId);
}

const SNIFFED_BYTES = 65_536;

/** Some call NDJSON files .json, too. */
async function holdsRecords(file: File): Promise<boolean> {
  const beginning = await file.slice(0, SNIFFED_BYTES).text();
  return !beginning.includes(DOCUMENT_FORMAT) && looksLikeRecords(beginning);
}

/** Outside the canvas: the middle of it. */
function dropPlace(event: DragEvent) {
  const box = useCanvas.getState().element?.getBoundingClientRect();
  const inside =
    box !== undefined && event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return toCanvas(inside ? { x: event.clientX, y: event.clientY } : canvasMiddle());
}
