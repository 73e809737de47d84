import type { Analysis, AnyDefinition, DocumentNode, OutputPort, PipelineDocument } from '../../../engine/api/index.ts';
import { defaultConfig, definitionOf } from '../../../engine/api/index.ts';

export interface NodePort {
  readonly name: string;
  readonly title: string;
  readonly side: boolean;
}

export interface NodePorts {
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
}

/** The ports a node has with its present configuration. A node of an unknown type has those that its edges use. */
export function portsOf(document: PipelineDocument, node: DocumentNode, analysis: Analysis | null): NodePorts {
  const definition = definitionOf(node.type);
  if (definition === undefined) return usedPorts(document, node.id);
  const config = analysis?.nodes.get(node.id)?.config ?? { ...defaultConfig(definition.fields), ...node.config };
  return { inputs: inputsOf(definition), outputs: outputsOf(definition, config) };
}

export function inputsOf(definition: AnyDefinition): readonly NodePort[] {
  return definition.inputs.map((port) => ({ name: port.name, title: port.title, side: false }));
}

export function outputsOf(definition: AnyDefinition, config: Readonly<Record<string, unknown>>): readonly NodePort[] {
  // The analysis validated the configuration against these very fields; the types were erased by the registry.
  const ports: readonly OutputPort[] = definition.outputs(config as Parameters<AnyDefinition['outputs']>[0]);
  return ports.map((port) => ({ name: port.name, title: port.title, side: port.side === true }));
}

function usedPorts(document: PipelineDocument, nodeId: string): NodePorts {
  const port = (name: string): NodePort => ({ name, title: name, side: false });
  const inputs = new Set(document.edges.filter((edge) => edge.target === nodeId).map((edge) => edge.targetPort));
  const outputs = new Set(document.edges.filter((edge) => edge.source === nodeId).map((edge) => edge.sourcePort));
  return { inputs: [...inputs].map(port), outputs: [...outputs].map(port) };
}
