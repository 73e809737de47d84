import type { AnyDefinition, Category } from '../../engine/api/index.ts';

export const CATEGORY_TITLES = {
  source: 'Sources',
  transformation: 'Transformations',
  partitioning: 'Partitioning',
  window: 'Windows',
  sink: 'Sinks',
} as const satisfies Record<Category, string>;

const ORDER = Object.keys(CATEGORY_TITLES) as readonly Category[];

/** In the order in which a pipeline is built; inside a category, as registered. */
export function byCategory(definitions: readonly AnyDefinition[]): readonly AnyDefinition[] {
  return definitions.toSorted((a, b) => ORDER.indexOf(a.category) - ORDER.indexOf(b.category));
}
