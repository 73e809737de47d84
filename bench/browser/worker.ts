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
  /** Asks for the processor time so far; the answer is a message that is a number. */
  | { readonly kind: 'cpu' }
  | { readonly kind: 'done'; readonly isConsistent: boolean }
  | { readonly kind: 'failed'; readonly text: string };

function send(message: Message): void {
  postMessage(message);
}

function browser(): string {
  return /Chrom(?:e|ium)\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? navigator.userAgent;
}

let takeCpuTime: (milliseconds: number) => void = () => {};

/** A browser does not tell its pages; what drives it may. */
function cpuMilliseconds(): Promise<number> {
  return new Promise((resolve) => {
    takeCpuTime = resolve;
    send({ kind: 'cpu' });
  });
}

addEventListener('message', ({ data }: MessageEvent<Order | number>) => {
  if (typeof data === 'number') {
    takeCpuTime(data);
    return;
  }
  runSuites(optionsOf(data.args), {
    environment: { chromium: browser(), isolated: crossOriginIsolated, ...data.environment },
    print: (text) => send({ kind: 'print', text }),
    showProgress: (text) => send({ kind: 'progress', text }),
    cpuMilliseconds,
  }).then(
    (isConsistent) => send({ kind: 'done', isConsistent }),
    (error: unknown) => send({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
