import { useDocument } from '../document/document-store.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { EdgeInspector } from './EdgeInspector.tsx';
import { JobSettingsForm } from './JobSettingsForm.tsx';
import { NodeInspector } from './NodeInspector.tsx';
import './inspector.css';

/** The right pane: what is selected, to read and to edit. */
export function Inspector() {
  return (
    <ErrorBoundary name="The inspector">
      <Selected />
    </ErrorBoundary>
  );
}

/** An operator, an edge, or the job when nothing is selected. */
function Selected() {
  const selection = useDocument((state) => state.selection);
  const [nodeId] = selection.nodeIds;
  const [edgeId] = selection.edgeIds;
  const count = selection.nodeIds.length + selection.edgeIds.length;
  if (count > 1) return <ManySelected nodes={selection.nodeIds.length} edges={selection.edgeIds.length} />;
  if (nodeId !== undefined) return <NodeInspector key={nodeId} nodeId={nodeId} />;
  if (edgeId !== undefined) return <EdgeInspector key={edgeId} edgeId={edgeId} />;
  return <JobSettingsForm />;
}

function ManySelected({ nodes, edges }: { readonly nodes: number; readonly edges: number }) {
  const parts = [
    nodes > 0 ? `${nodes} ${nodes === 1 ? 'operator' : 'operators'}` : '',
    edges > 0 ? `${edges} ${edges === 1 ? 'edge' : 'edges'}` : '',
  ];
  return (
    <div className="inspector">
      <header className="inspector-header">
        <h2>{parts.filter((part) => part !== '').join(' and ')} selected</h2>
      </header>
      <p className="inspector-empty">Select one of them to see and change its configuration.</p>
    </div>
  );
}
