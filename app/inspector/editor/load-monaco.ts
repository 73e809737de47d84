import type * as Monaco from 'monaco-editor';

export type MonacoApi = typeof Monaco;

let loading: Promise<MonacoApi> | null = null;

/** Loads the code editor once. Rejects when its files cannot be loaded; the next call tries again. */
export function loadMonaco(): Promise<MonacoApi> {
  loading ??= import('./monaco.ts').then(
    ({ monaco }) => monaco,
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
