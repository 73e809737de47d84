import type { PipelineDocument } from '../../engine/api/index.ts';

/** `filter-1`, `filter-2`, …: readable, because node ids are Flink's uids and are typed on command lines. `taken` are ids planned but not yet applied. */
export function freeNodeId(document: PipelineDocument, type: string, taken: ReadonlySet<string> = new Set()): string {
  return freeId(new Set([...document.nodes.map((node) => node.id), ...taken]), type);
}

export function freeEdgeId(document: PipelineDocument, taken: ReadonlySet<string> = new Set()): string {
  return freeId(new Set([...document.edges.map((edge) => edge.id), ...taken]), 'edge');
}

/** A name no other node has: `Filter`, `Filter 2`, … */
export function freeName(document: PipelineDocument, title: string, taken: ReadonlySet<string> = new Set()): string {
  const names = new Set([...document.nodes.map((node) => node.name), ...taken]);
  if (!names.has(title)) return title;
  for (let n = 2; ; n++) if (!names.has(`${title} ${n}`)) return `${title} ${n}`;
}

function freeId(ids: ReadonlySet<string>, prefix: string): string {
  for (let n = 1; ; n++) if (!ids.has(`${prefix}-${n}`)) return `${prefix}-${n}`;
}
