import { optionsOf, runSuites } from '../run-suites.ts';

/** What the page that started this worker sends, once. */
interface Order {
  readonly args: readonly string[];
  /** What only the machine itself can say of itself. */
  readonly environment: Readonly<Record<string, string | number>>;
}

/** What this worker sends: lines of the report, and in the end how it went. */
type Message =
  | { readonly kind: 'print' | 'progress'; readonly text: string }
  | { readonly kind: 'done'; readonly isConsistent: boolean }
  | { readonly kind: 'failed'; readonly text: string };

function send(message: Message): void {
  postMessage(message);
}

function browser(): string {
  return /Chrom(?:e|ium)\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? navigator.userAgent;
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  runSuites(optionsOf(data.args), {
    environment: { chromium: browser(), isolated: crossOriginIsolated, ...data.environment },
    print: (text) => send({ kind: 'print', text }),
    showProgress: (text) => send({ kind: 'progress', text }),
  }).then(
    (isConsistent) => send({ kind: 'done', isConsistent }),
    (error: unknown) => send({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
