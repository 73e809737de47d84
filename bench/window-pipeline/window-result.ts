export const WINDOW_MS = 10_000;

/** What the pipeline emits for a sensor and window. */
export interface WindowResult {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly sum: number;
  readonly avg: number;
  readonly count: number;
}
