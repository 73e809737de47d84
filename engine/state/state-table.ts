/** What a state object sees of its backend: one cell per current key and namespace. */
export interface StateTable<N> {
  /** The cell's content, or undefined when it is empty. */
  read(stateName: string, namespace: N): unknown;
  write(stateName: string, namespace: N, content: unknown): void;
  remove(stateName: string, namespace: N): void;
}
