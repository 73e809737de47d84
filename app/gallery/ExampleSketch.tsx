import { useEffect, useState } from 'react';
import type { DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { plural } from '../canvas/flow-elements.ts';
import { sizeOf } from '../document/edits/node-size.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { loadExample } from './open-example.ts';

const MARGIN = 16;
/** A wider pipeline is shown so small that names could not be read: boxes tell enough then. */
const READABLE_WIDTH = 1900;

type Loaded = { readonly document: PipelineDocument } | { readonly trouble: string };

/** How the example's pipeline looks, small. */
export function ExampleSketch({ id }: { readonly id: string }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let isWanted = true;
    const take = (result: Loaded) => {
      if (isWanted) setLoaded(result);
    };
    loadExample(id).then(
      (document) => take({ document }),
      (error: unknown) => take({ trouble: (error as Error).message }),
    );
    return () => {
      isWanted = false;
    };
  }, [id]);
  if (loaded === null) return <div className="mr-sketch" />;
  if ('trouble' in loaded) return <p role="alert">It cannot be loaded: {loaded.trouble}</p>;
  return <Sketch document={loaded.document} />;
}

function Sketch({ document }: { readonly document: PipelineDocument }) {
  const boxes = new Map(document.nodes.map((node) => [node.id, boxOf(node)]));
  const all = [...boxes.values()];
  const left = Math.min(...all.map((box) => box.x)) - MARGIN;
  const top = Math.min(...all.map((box) => box.y)) - MARGIN;
  const width = Math.max(...all.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(...all.map((box) => box.y + box.height)) + MARGIN - top;
  const label = `${plural(document.nodes.length, 'operator')}: ${document.nodes.map(nodeTitle).join(', ')}`;
  return (
    <svg className="mr-sketch" viewBox={`${left} ${top} ${width} ${height}`} role="img" aria-label={label}>
      {document.edges.map((edge) => {
        const from = boxes.get(edge.source);
        const to = boxes.get(edge.target);
        return from === undefined || to === undefined ? null : <path key={edge.id} className="mr-sketch-edge" d={wire(from, to)} />;
      })}
      {document.nodes.map((node) => (
        <SketchNode key={node.id} node={node} named={width <= READABLE_WIDTH} />
      ))}
    </svg>
  );
}

function SketchNode({ node, named }: { readonly node: DocumentNode; readonly named: boolean }) {
  const { x, y, width, height } = boxOf(node);
  const definition = definitionOf(node.type);
  return (
    <g data-category={definition?.category ?? 'unknown'}>
      <rect
        className="mr-sketch-node"
        x={x}
        y={y}
        width={width}
        height={height}
        rx={definition?.partitioner === undefined ? 12 : height / 2}
      />
      {named && (
        <foreignObject x={x + 8} y={y} width={width - 16} height={height}>
          <div className="mr-sketch-name" data-pill={definition?.partitioner !== undefined}>
            <span>{nodeTitle(node)}</span>
          </div>
        </foreignObject>
      )}
    </g>
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxOf(node: DocumentNode): Box {
  return { ...node.position, ...sizeOf(definitionOf(node.type)) };
}

/** From the right side of one to the left side of the other, as the canvas draws it. */
function wire(from: Box, to: Box): string {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}
