import { z } from 'zod';
import type { DocumentData, DocumentEdge, DocumentNode, PipelineDocument } from '../../../engine/api/index.ts';
import { documentSchema } from '../../../engine/api/index.ts';
import type { Change, Point } from '../changes.ts';
import { freeEdgeId, freeName, freeNodeId } from '../ids.ts';
import type { Edit } from './edit.ts';

const FRAGMENT_FORMAT = 'millrace/fragment';

/** Part of a pipeline as text: goes between tabs, chats and issues. */
const fragmentSchema = z.object({
  format: z.literal(FRAGMENT_FORMAT),
  nodes: documentSchema.shape.nodes,
  edges: documentSchema.shape.edges,
  data: documentSchema.shape.data,
});

export interface Fragment {
  readonly nodes: readonly DocumentNode[];
  readonly edges: readonly DocumentEdge[];
  readonly data: readonly DocumentData[];
}

/** The nodes, the edges between them, and the data they read. */
export function fragmentOf(document: PipelineDocument, nodeIds: readonly string[]): Fragment {
  const wanted = new Set(nodeIds);
  const nodes = document.nodes.filter((node) => wanted.has(node.id));
  const used = new Set(nodes.flatMap((node) => Object.values(node.config)));
  return {
    nodes,
    edges: document.edges.filter((edge) => wanted.has(edge.source) && wanted.has(edge.target)),
    data: document.data.filter((data) => used.has(data.id)),
  };
}

export function fragmentText(fragment: Fragment): string {
  return JSON.stringify({ format: FRAGMENT_FORMAT, ...fragment }, null, 2);
}

/** Null when the text is not a fragment. A whole document is one, too. */
export function parseFragment(text: string): Fragment | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Any text can be on a clipboard.
    return null;
  }
  const fragment = fragmentSchema.safeParse(value);
  if (fragment.success) return fragment.data;
  const document = documentSchema.safeParse(value);
  return document.success ? document.data : null;
}

/** Copies with fresh ids and names, placed with their common middle at `at`, or a little beside the originals. */
export function planPaste(document: PipelineDocument, fragment: Fragment, at: Point | null, label: string): Edit | null {
  if (fragment.nodes.length === 0) return null;
  const offset = at === null ? { x: 32, y: 32 } : offsetTo(fragment.nodes, at);
  const ids = new Map<string, string>();
  const names = new Set<string>();
  const changes: Change[] = missingData(document, fragment).map((data) => ({ kind: 'add-data', data }));
  for (const node of fragment.nodes) {
    const id = freeNodeId(document, node.type, new Set(ids.values()));
    const name = node.name === '' ? '' : freeName(document, node.name.replace(/ \d+$/, ''), names);
    ids.set(node.id, id);
    names.add(name);
    const position = { x: Math.round(node.position.x + offset.x), y: Math.round(node.position.y + offset.y) };
    changes.push({ kind: 'add-node', node: { ...node, id, name, position } });
  }
  const edgeIds = new Set<string>();
  for (const edge of fragment.edges) {
    const source = ids.get(edge.source);
    const target = ids.get(edge.target);
    if (source === undefined || target === undefined) continue;
    const id = freeEdgeId(document, edgeIds);
    edgeIds.add(id);
    changes.push({ kind: 'add-edge', edge: { ...edge, id, source, target } });
  }
  return { changes, label, select: { nodeIds: [...ids.values()] } };
}

/** Data is shared by its id: what the document has already is not added again. */
function missingData(document: PipelineDocument, fragment: Fragment): readonly DocumentData[] {
  return fragment.data.filter((data) => !document.data.some((other) => other.id === data.id));
}

function offsetTo(nodes: readonly DocumentNode[], at: Point): Point {
  const xs = nodes.map((node) => node.position.x);
  const ys = nodes.map((node) => node.position.y);
  return { x: at.x - (Math.min(...xs) + Math.max(...xs)) / 2, y: at.y - (Math.min(...ys) + Math.max(...ys)) / 2 };
}
