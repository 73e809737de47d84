import type { PipelineDocument } from '../../engine/api/index.ts';

/** Whether a job started from `started` would run differently if it were started from `now`. Names, notes, places and views do not count. */
export function runsDifferently(started: PipelineDocument, now: PipelineDocument): boolean {
  if (started === now) return false;
  return (
    !sameJson(jobFacts(started), jobFacts(now)) ||
    !sameItems(started.nodes, now.nodes, nodeFacts) ||
    !sameItems(started.edges, now.edges, (edge) => edge) ||
    !sameItems(usedData(started), usedData(now), (data) => data)
  );
}

function jobFacts(document: PipelineDocument): unknown {
  const { name: _, ...facts } = document.job;
  return facts;
}

function nodeFacts(node: PipelineDocument['nodes'][number]): unknown {
  const { name: _name, position: _position, note: _note, ...facts } = node;
  return facts;
}

/** Data no operator mentions may come and go. */
function usedData(document: PipelineDocument): PipelineDocument['data'] {
  const mentioned = new Set(document.nodes.flatMap((node) => Object.values(node.config)));
  return document.data.filter((data) => mentioned.has(data.id));
}

function sameItems<T extends { readonly id: string }>(before: readonly T[], after: readonly T[], factsOf: (item: T) => unknown): boolean {
  if (before === after) return true;
  if (before.length !== after.length) return false;
  const byId = new Map(before.map((item) => [item.id, item]));
  return after.every((item) => {
    const old = byId.get(item.id);
    return old !== undefined && (old === item || sameJson(factsOf(old), factsOf(item)));
  });
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
