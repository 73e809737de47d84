import { CloseButton } from '@mantine/core';
import { useMemo } from 'react';
import { documentStore, useDocument } from '../document/document-store.ts';
import { nodeTitle, titleOf } from '../document/edits/node-title.ts';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import { revealNode } from '../commands/canvas-actions.ts';
import { useCanvas } from './canvas-store.ts';
import { plural } from './flow-elements.ts';

/** The graph as text, in the order in which records pass: another way to read it and to get around in it. */
export function Outline() {
  const open = useCanvas((state) => state.outlineOpen);
  if (!open) return null;
  return (
    <nav className="mr-outline" aria-label="Outline of the pipeline">
      <div className="mr-outline-head">
        <h2>Outline</h2>
        <CloseButton size="sm" aria-label="Close the outline" onClick={() => useCanvas.setState({ outlineOpen: false })} />
      </div>
      <OutlineList />
    </nav>
  );
}

function OutlineList() {
  const document = useDocument((state) => state.document);
  const analysis = useDocument((state) => state.analysis);
  const selection = useDocument((state) => state.selection);
  const nodes = useMemo(() => {
    const rank = new Map(analysis.order.map((id, index) => [id, index]));
    return document.nodes.toSorted((a, b) => (rank.get(a.id) ?? Number.MAX_VALUE) - (rank.get(b.id) ?? Number.MAX_VALUE));
  }, [document, analysis]);
  if (nodes.length === 0) return <p className="mr-outline-empty">There are no operators yet.</p>;
  return (
    <ol>
      {nodes.map((node) => {
        const errors = analysis.problems.filter((problem) => problem.nodeId === node.id && problem.severity === 'error').length;
        return (
          <li key={node.id}>
            <button
              type="button"
              className="mr-outline-node"
              aria-current={selection.nodeIds.includes(node.id) ? 'true' : undefined}
              onClick={() => revealNode(node.id)}
            >
              <OperatorIcon type={node.type} size={14} />
              <span>{nodeTitle(node)}</span>
              {errors > 0 && <span className="mr-outline-errors">{plural(errors, 'error')}</span>}
            </button>
            <ul>
              {document.edges
                .filter((edge) => edge.source === node.id)
                .map((edge) => (
                  <li key={edge.id}>
                    <button
                      type="button"
                      className="mr-outline-edge"
                      aria-current={selection.edgeIds.includes(edge.id) ? 'true' : undefined}
                      onClick={() => documentStore.getState().select({ edgeIds: [edge.id] })}
                    >
                      {`${analysis.edges.get(edge.id)?.strategy ?? 'not connected'} to ${titleOf(document, edge.target)}`}
                    </button>
                  </li>
                ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}
