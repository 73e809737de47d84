import type { Edge, Node } from 'reactflow';
import type { Analysis, DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import type { Selection } from '../document/document-store.ts';
import { sizeOf } from '../document/edits/node-size.ts';
import { nodeTitle, titleOf } from '../document/edits/node-title.ts';

/** Nodes and edges carry no data: their components read the stores themselves, so that only what changed is drawn again. */
export type FlowNode = Node<Record<string, never>, 'operator' | 'virtual'>;
export type FlowEdge = Edge<Record<string, never>, 'exchange'>;

const NO_DATA: Record<string, never> = {};

export interface FlowInput {
  readonly document: PipelineDocument;
  readonly analysis: Analysis;
  readonly selection: Selection;
  readonly focusedNodeId: string | null;
  /** A word per node for its accessible name. */
  readonly status: string;
}

/** The canvas's nodes. Those that are as before keep their identity, and with it their measured size. */
export function flowNodes(input: FlowInput, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const selected = new Set(input.selection.nodeIds);
  const tabStop = tabStopOf(input);
  return inReadingOrder(input).map((node) => {
    const old = known.get(node.id);
    const next: FlowNode = {
      ...(old ?? initialSize(node)),
      id: node.id,
      type: definitionOf(node.type)?.partitioner === undefined ? 'operator' : 'virtual',
      position: old?.dragging === true ? old.position : node.position,
      data: NO_DATA,
      selected: selected.has(node.id),
      ariaLabel: accessibleName(input, node),
      domAttributes: { tabIndex: node.id === tabStop ? 0 : -1, 'aria-roledescription': 'operator', 'aria-describedby': 'mr-canvas-keys' },
    };
    return old !== undefined && sameNode(old, next) ? old : next;
  });
}

/** The canvas's edges. What is selected comes last, which is on top of the others, and still below the words on them. */
export function flowEdges(document: PipelineDocument, selection: Selection): FlowEdge[] {
  const selected = new Set(selection.edgeIds);
  const edges =
    selected.size === 0 ? document.edges : document.edges.toSorted((a, b) => Number(selected.has(a.id)) - Number(selected.has(b.id)));
  return edges.map((edge) => ({
    id: edge.id,
    type: 'exchange',
    source: edge.source,
    sourceHandle: edge.sourcePort,
    target: edge.target,
    targetHandle: edge.targetPort,
    selected: selected.has(edge.id),
    focusable: false,
    data: NO_DATA,
    ariaLabel: `From ${titleOf(document, edge.source)} to ${titleOf(document, edge.target)}`,
  }));
}

function initialSize(node: DocumentNode): { readonly initialWidth: number; readonly initialHeight: number } {
  const size = sizeOf(definitionOf(node.type));
  return { initialWidth: size.width, initialHeight: size.height };
}

/** Topological: what a screen reader and the Tab key meet is the way records go. */
function inReadingOrder({ document, analysis }: FlowInput): readonly DocumentNode[] {
  const rank = new Map(analysis.order.map((id, index) => [id, index]));
  return document.nodes.toSorted((a, b) => (rank.get(a.id) ?? Number.MAX_VALUE) - (rank.get(b.id) ?? Number.MAX_VALUE));
}

function tabStopOf(input: FlowInput): string | undefined {
  const has = (id: string | null | undefined) => input.document.nodes.some((node) => node.id === id);
  if (has(input.focusedNodeId)) return input.focusedNodeId ?? undefined;
  return input.selection.nodeIds[0] ?? inReadingOrder(input)[0]?.id;
}

/** "Filter, Filter, running, 1 error. From Sensor readings. To Key by." */
export function accessibleName(
  { document, analysis, status }: Pick<FlowInput, 'document' | 'analysis' | 'status'>,
  node: DocumentNode,
): string {
  const problems = analysis.problems.filter((problem) => problem.nodeId === node.id);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const title = nodeTitle(node);
  const type = definitionOf(node.type)?.title ?? `unknown operator ${node.type}`;
  const facts = [
    title,
    ...(type === title ? [] : [type]),
    status,
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  const from = document.edges.filter((edge) => edge.target === node.id).map((edge) => titleOf(document, edge.source));
  const to = document.edges.filter((edge) => edge.source === node.id).map((edge) => titleOf(document, edge.target));
  return [
    facts.join(', '),
    ...(from.length > 0 ? [`From ${from.join(', ')}`] : []),
    ...(to.length > 0 ? [`To ${to.join(', ')}`] : []),
  ].join('. ');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function sameNode(a: FlowNode, b: FlowNode): boolean {
  return (
    a.type === b.type &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y &&
    a.selected === b.selected &&
    a.ariaLabel === b.ariaLabel &&
    a.domAttributes?.tabIndex === b.domAttributes?.tabIndex
  );
}
