import { parseConfig } from '../operators/parse-config.ts';
import type { DefinitionLookup } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { DocumentNode, PipelineDocument } from './document.ts';
import { wouldCloseCycle } from './topology.ts';
import { inputTaken } from './wiring.ts';

/** A connection as the canvas proposes it: ends of handles, in the direction in which it was drawn. */
export interface Connection {
  readonly source: string;
  readonly sourcePort: string;
  readonly target: string;
  readonly targetPort: string;
}

/**
 * Why a new edge is refused, as a sentence for the person who draws it; null when it is fine. A missing key or missing event time does not
 * refuse an edge: what is missing can still be put in between, and the analysis says so meanwhile.
 */
export function connectionProblem(document: PipelineDocument, lookup: DefinitionLookup, connection: Connection): string | null {
  const source = document.nodes.find((node) => node.id === connection.source);
  const target = document.nodes.find((node) => node.id === connection.target);
  if (source === undefined || target === undefined) return 'A connection goes from an operator to an operator.';
  const from = portsOf(source, lookup);
  const to = portsOf(target, lookup);
  if (source === target) return `${from.name} cannot feed itself.`;
  return portProblem(from, to, connection) ?? takenProblem(document, to, connection) ?? cycleProblem(document, from.name, connection);
}

interface Ports {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Those of them that take many streams. */
  readonly many: readonly string[];
  readonly outputs: readonly string[];
}

function portsOf(node: DocumentNode, lookup: DefinitionLookup): Ports {
  const definition = lookup(node.type);
  if (definition === undefined) return { name: nameOf(node, undefined), inputs: [], many: [], outputs: [] };
  const { config } = parseConfig(definition.fields, node.config, []);
  return {
    name: nameOf(node, definition),
    inputs: definition.inputs.map((port) => port.name),
    many: definition.inputs.flatMap((port) => (port.many === true ? [port.name] : [])),
    outputs: definition.outputs(config).map((port) => port.name),
  };
}

function portProblem(from: Ports, to: Ports, { sourcePort, targetPort }: Connection): string | null {
  const isOutput = from.outputs.includes(sourcePort);
  const isInput = to.inputs.includes(targetPort);
  if (isOutput && isInput) return null;
  if (from.inputs.includes(sourcePort) || to.outputs.includes(targetPort)) return 'A connection goes from an output to an input.';
  if (from.outputs.length === 0 && from.inputs.length > 0) return `${from.name} is a sink: nothing leaves it.`;
  if (to.inputs.length === 0 && to.outputs.length > 0) return `${to.name} is a source: nothing enters it.`;
  return isOutput ? `${to.name} has no input "${targetPort}".` : `${from.name} has no output "${sourcePort}".`;
}

function takenProblem(document: PipelineDocument, to: Ports, connection: Connection): string | null {
  const edges = document.edges.filter(({ target, targetPort }) => target === connection.target && targetPort === connection.targetPort);
  const isSame = edges.some((edge) => edge.source === connection.source && edge.sourcePort === connection.sourcePort);
  if (isSame) return 'These two are already connected.';
  return edges.length === 0 || to.many.includes(connection.targetPort) ? null : inputTaken(to.name);
}

function cycleProblem(document: PipelineDocument, sourceName: string, { source, target }: Connection): string | null {
  if (!wouldCloseCycle(document, source, target)) return null;
  return `This would close a cycle: what leaves ${sourceName} would come back to it.`;
}
