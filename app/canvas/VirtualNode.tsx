import { memo } from 'react';
import type { NodeProps } from 'reactflow';
import { definitionOf } from '../../engine/api/index.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { useCanvas } from './canvas-store.ts';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import type { FlowNode } from './flow-elements.ts';
import { NodeBadges } from './NodeBadges.tsx';
import { NodePorts } from './NodePorts.tsx';
import { useFace, useNode } from './use-node.ts';

/** A virtual operator: a pill on the way, because it is how records cross and not a task. */
export const VirtualNode = memo(function VirtualNode({ id, selected }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const face = useFace(node);
  const far = useCanvas((state) => state.far);
  if (node === undefined) return null;
  const title = nodeTitle(node);
  return (
    <div className="mr-pill" data-category={definitionOf(node.type)?.category ?? 'unknown'} data-selected={selected} data-far={far}>
      <span className="mr-pill-icon">
        <OperatorIcon type={node.type} size={16} />
      </span>
      <span className="mr-node-names">
        <span className="mr-node-title" title={title}>
          {title}
        </span>
        {!far && (
          <span className="mr-node-face" title={face}>
            {face}
          </span>
        )}
      </span>
      <NodeBadges nodeId={id} />
      <NodePorts node={node} />
    </div>
  );
});
