export interface Accumulator {
  sum: number;
  count: number;
}

/** By key. */
export type Pane = Map<string, Accumulator>;

export function addTo(pane: Pane, id: string, sum: number, count: number): void {
  const accumulator = pane.get(id);
  if (accumulator === undefined) pane.set(id, { sum, count });
  else {
    accumulator.sum += sum;
    accumulator.count += count;
  }
}

export function paneAt(panes: Map<number, Pane>, time: number): Pane {
  let pane = panes.get(time);
  if (pane === undefined) panes.set(time, (pane = new Map<string, Accumulator>()));
  return pane;
}
