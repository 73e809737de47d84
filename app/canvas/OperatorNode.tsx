import { memo } from 'react';
import type { NodeProps } from 'reactflow';
import type { DocumentNode } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { useCanvas } from './canvas-store.ts';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import type { FlowNode } from './flow-elements.ts';
import { NodeBadges } from './NodeBadges.tsx';
import { NodeHeat, NodeLiveLines } from './NodeLiveLines.tsx';
import { NodePorts } from './NodePorts.tsx';
import { useFace, useNode } from './use-node.ts';

/** An operator's face: what it is, what it is set to, how it is doing. */
export const OperatorNode = memo(function OperatorNode({ id, selected }: NodeProps<FlowNode>) {
  const node = useNode(id);
  if (node === undefined) return null;
  return <Face node={node} selected={selected} />;
});

function Face({ node, selected }: { readonly node: DocumentNode; readonly selected: boolean }) {
  const definition = definitionOf(node.type);
  const face = useFace(node);
  const far = useCanvas((state) => state.far);
  const invalid = useDocument((state) =>
    state.analysis.problems.some((problem) => problem.nodeId === node.id && problem.severity === 'error'),
  );
  const title = nodeTitle(node);
  return (
    <div
      className="mr-node"
      data-category={definition?.category ?? 'unknown'}
      data-selected={selected}
      data-invalid={invalid}
      data-unknown={definition === undefined}
      data-far={far}
    >
      <NodeHeat nodeId={node.id} />
      <div className="mr-node-head">
        <span className="mr-node-icon">
          <OperatorIcon type={node.type} />
        </span>
        <span className="mr-node-names">
          <span className="mr-node-title" title={title}>
            {title}
          </span>
          <span className="mr-node-type">{definition?.title ?? `Unknown operator: ${node.type}`}</span>
        </span>
        <NodeBadges nodeId={node.id} />
      </div>
      {!far && (
        <>
          <div className="mr-node-face" title={face}>
            {face}
          </div>
          <NodeLiveLines nodeId={node.id} />
        </>
      )}
      <NodePorts node={node} />
    </div>
  );
}
