import type { AnalyzedNode, AnyDefinition } from '../../engine/api/index.ts';
import { outputsOf } from '../document/edits/node-ports.ts';
import { SchemaTable } from './SchemaTable.tsx';

/** What enters and what leaves an operator, before it runs. */
export function NodeData({ definition, analyzed }: { readonly definition: AnyDefinition; readonly analyzed: AnalyzedNode | undefined }) {
  if (analyzed === undefined) return <p className="inspector-empty">The fields are known once the configuration is valid.</p>;
  const titles = new Map(outputsOf(definition, analyzed.config).map((port) => [port.name, port.title]));
  return (
    <div className="inspector-form">
      {definition.inputs.map((port, index) => {
        const shape = analyzed.inputs[index];
        return shape === undefined ? null : (
          <SchemaTable key={port.name} title={inputTitle(port.title, definition.inputs.length)} shape={shape} />
        );
      })}
      {Object.entries(analyzed.outputs).map(([port, shape]) => (
        <SchemaTable key={port} title={titles.size > 1 ? `Output: ${titles.get(port) ?? port}` : 'Output'} shape={shape} />
      ))}
      {definition.inputs.length === 0 && Object.keys(analyzed.outputs).length === 0 ? (
        <p className="inspector-help">No fields are known yet.</p>
      ) : null}
    </div>
  );
}

function inputTitle(title: string, count: number): string {
  return count > 1 ? `Input: ${title}` : 'Input';
}
