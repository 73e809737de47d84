/** A copy with the item at `index` moved by one place; the same list when it is at the end already. */
export function movedBy<T>(items: readonly T[], index: number, offset: 1 | -1): readonly T[] {
  const target = index + offset;
  const item = items[index];
  const other = items[target];
  if (item === undefined || other === undefined) return items;
  return items.map((each, i) => (i === index ? other : i === target ? item : each));
}
