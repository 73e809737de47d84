/** What a state object sees of its backend: one cell per current key and namespace. `slot` is the number of the state in its backend. */
export interface StateTable<N> {
  /** The cell's content, or undefined when it is empty. */
  read(slot: number, namespace: N): unknown;
  /** As `read`, but never content that has expired, whatever its visibility: for updates that build on what is there. */
  readLive(slot: number, namespace: N): unknown;
  write(slot: number, namespace: N, content: unknown): void;
  remove(slot: number, namespace: N): void;
}
