import { memo, useEffect, useMemo, useRef } from 'react';
import { Handle, Position, useUpdateNodeInternals } from 'reactflow';
import type { DocumentNode } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { portsOf } from '../document/edits/node-ports.ts';
import type { NodePort } from '../document/edits/node-ports.ts';

/** Where wires end: inputs left, outputs right, side outputs below with their names. */
export const NodePorts = memo(function NodePorts({ node }: { readonly node: DocumentNode }) {
  const document = useDocument((state) => state.document);
  const analysis = useDocument((state) => state.analysis);
  const ports = useMemo(() => portsOf(document, node, analysis), [document, node, analysis]);
  const outputs = ports.outputs.filter((port) => !port.side);
  const sides = ports.outputs.filter((port) => port.side);
  const names = [...ports.inputs, ...ports.outputs].map((port) => port.name).join(' ');
  const updateInternals = useUpdateNodeInternals();
  const measured = useRef(names);
  useEffect(() => {
    // React Flow measures the handles of a node when it is drawn first; a port that appears later must be announced.
    if (measured.current === names) return;
    measured.current = names;
    updateInternals(node.id);
  }, [names, node.id, updateInternals]);
  return (
    <>
      {ports.inputs.map((port, index) => (
        <Port key={`in ${port.name}`} port={port} kind="input" share={(index + 1) / (ports.inputs.length + 1)} />
      ))}
      {outputs.map((port, index) => (
        <Port key={`out ${port.name}`} port={port} kind="output" share={(index + 1) / (outputs.length + 1)} />
      ))}
      {sides.map((port, index) => (
        <Port key={`side ${port.name}`} port={port} kind="side" share={(index + 1) / (sides.length + 1)} />
      ))}
    </>
  );
});

interface PortProps {
  readonly port: NodePort;
  readonly kind: 'input' | 'output' | 'side';
  /** Place along its side, 0..1. */
  readonly share: number;
}

const PLACE = { input: Position.Left, output: Position.Right, side: Position.Bottom } as const;
const WORD = { input: 'Input', output: 'Output', side: 'Side output' } as const;

function Port({ port, kind, share }: PortProps) {
  const along = `${share * 100}%`;
  return (
    <Handle
      id={port.name}
      type={kind === 'input' ? 'target' : 'source'}
      position={PLACE[kind]}
      className="mr-port"
      data-kind={kind}
      title={`${WORD[kind]}: ${port.title}. Drag to connect.`}
      style={kind === 'side' ? { left: along } : { top: along }}
    >
      {kind === 'side' && <span className="mr-port-name">{port.title}</span>}
    </Handle>
  );
}
