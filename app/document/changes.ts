import type { DocumentData, DocumentEdge, DocumentNode, JobSettings, PipelineDocument } from '../../engine/api/index.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Viewport = NonNullable<PipelineDocument['view']>;

/** Settings of a node beside its configuration. `undefined` removes one: the node then follows the job again. */
export type NodePatch = {
  readonly [K in 'parallelism' | 'maxParallelism' | 'chaining' | 'slotSharingGroup' | 'note']?: DocumentNode[K] | undefined;
};

/** One edit, as data. What a person does is one change or one `compound`; each is one undo step. */
export type Change =
  | { readonly kind: 'add-node'; readonly node: DocumentNode }
  | { readonly kind: 'remove-nodes'; readonly nodeIds: readonly string[] }
  | { readonly kind: 'move-nodes'; readonly positions: Readonly<Record<string, Point>> }
  | { readonly kind: 'rename-node'; readonly nodeId: string; readonly name: string }
  | { readonly kind: 'set-config'; readonly nodeId: string; readonly field: string; readonly value: unknown }
  | { readonly kind: 'set-node'; readonly nodeId: string; readonly patch: NodePatch }
  | { readonly kind: 'add-edge'; readonly edge: DocumentEdge }
  | { readonly kind: 'remove-edges'; readonly edgeIds: readonly string[] }
  | { readonly kind: 'set-job'; readonly patch: Partial<JobSettings> }
  | { readonly kind: 'add-data'; readonly data: DocumentData }
  | { readonly kind: 'set-data'; readonly data: DocumentData }
  | { readonly kind: 'remove-data'; readonly dataId: string }
  | { readonly kind: 'set-view'; readonly view: Viewport }
  | { readonly kind: 'compound'; readonly changes: readonly Change[] };

/**
 * The document after a change. Pure; parts that did not change keep their identity, and a change without effect returns the
 * document itself. A change that names something that is not there has no effect: the document may have moved on meanwhile.
 */
export function applyChange(document: PipelineDocument, change: Change): PipelineDocument {
  switch (change.kind) {
    case 'add-node':
      if (document.nodes.some((node) => node.id === change.node.id)) return document;
      return { ...document, nodes: [...document.nodes, change.node] };
    case 'remove-nodes':
      return removeNodes(document, new Set(change.nodeIds));
    case 'move-nodes':
      return moveNodes(document, change.positions);
    case 'rename-node':
      return updateNode(document, change.nodeId, (node) => (node.name === change.name ? node : { ...node, name: change.name }));
    case 'set-config':
      return updateNode(document, change.nodeId, (node) => setConfig(node, change.field, change.value));
    case 'set-node':
      return updateNode(document, change.nodeId, (node) => patchNode(node, change.patch));
    case 'add-edge':
      return addEdge(document, change.edge);
    case 'remove-edges':
      return removeEdges(document, new Set(change.edgeIds));
    case 'set-job':
      return setJob(document, change.patch);
    case 'add-data':
      if (document.data.some((data) => data.id === change.data.id)) return document;
      return { ...document, data: [...document.data, change.data] };
    case 'set-data':
      if (!document.data.some((data) => data.id === change.data.id)) return document;
      return { ...document, data: document.data.map((data) => (data.id === change.data.id ? change.data : data)) };
    case 'remove-data':
      if (!document.data.some((data) => data.id === change.dataId)) return document;
      return { ...document, data: document.data.filter((data) => data.id !== change.dataId) };
    case 'set-view':
      return setView(document, change.view);
    case 'compound':
      return change.changes.reduce(applyChange, document);
  }
}

function updateNode(document: PipelineDocument, nodeId: string, update: (node: DocumentNode) => DocumentNode): PipelineDocument {
  let changed = false;
  const nodes = document.nodes.map((node) => {
    if (node.id !== nodeId) return node;
    const next = update(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? { ...document, nodes } : document;
}

function removeNodes(document: PipelineDocument, nodeIds: ReadonlySet<string>): PipelineDocument {
  const nodes = document.nodes.filter((node) => !nodeIds.has(node.id));
  if (nodes.length === document.nodes.length) return document;
  const edges = document.edges.filter((edge) => !nodeIds.has(edge.source) && !nodeIds.has(edge.target));
  return { ...document, nodes, edges: edges.length === document.edges.length ? document.edges : edges };
}

function moveNodes(document: PipelineDocument, positions: Readonly<Record<string, Point>>): PipelineDocument {
  let changed = false;
  const nodes = document.nodes.map((node) => {
    const to = positions[node.id];
    if (to === undefined || (to.x === node.position.x && to.y === node.position.y)) return node;
    changed = true;
    return { ...node, position: { x: to.x, y: to.y } };
  });
  return changed ? { ...document, nodes } : document;
}

function setConfig(node: DocumentNode, field: string, value: unknown): DocumentNode {
  if (Object.hasOwn(node.config, field) && sameValue(node.config[field], value)) return node;
  return { ...node, config: { ...node.config, [field]: value } };
}

function patchNode(node: DocumentNode, patch: NodePatch): DocumentNode {
  const next: Record<string, unknown> = { ...node };
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) delete next[name];
    else next[name] = value;
  }
  return sameValue(next, node) ? node : (next as DocumentNode);
}

function addEdge(document: PipelineDocument, edge: DocumentEdge): PipelineDocument {
  const has = (nodeId: string) => document.nodes.some((node) => node.id === nodeId);
  if (!has(edge.source) || !has(edge.target) || document.edges.some((other) => other.id === edge.id)) return document;
  return { ...document, edges: [...document.edges, edge] };
}

function removeEdges(document: PipelineDocument, edgeIds: ReadonlySet<string>): PipelineDocument {
  const edges = document.edges.filter((edge) => !edgeIds.has(edge.id));
  return edges.length === document.edges.length ? document : { ...document, edges };
}

function setJob(document: PipelineDocument, patch: Partial<JobSettings>): PipelineDocument {
  const job = { ...document.job, ...patch };
  return sameValue(job, document.job) ? document : { ...document, job };
}

function setView(document: PipelineDocument, view: Viewport): PipelineDocument {
  const now = document.view;
  if (now !== undefined && now.x === view.x && now.y === view.y && now.zoom === view.zoom) return document;
  return { ...document, view };
}

/** Values of a document are plain JSON, so their text decides. */
function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Changes with the same key that follow one another quickly are one undo step (typing in a field). Null: always its own step.
 */
export function coalescingKey(change: Change): string | null {
  switch (change.kind) {
    case 'set-config':
      return `config ${change.nodeId} ${change.field}`;
    case 'rename-node':
      return `name ${change.nodeId}`;
    case 'set-node':
      return `node ${change.nodeId} ${Object.keys(change.patch).join()}`;
    case 'set-job':
      return `job ${Object.keys(change.patch).join()}`;
    case 'set-data':
      return `data ${change.data.id}`;
    default:
      return null;
  }
}
