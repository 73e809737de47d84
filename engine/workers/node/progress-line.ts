import type { Writable } from 'node:stream';
import type { MetricsEvent } from '../../api/engine-api.ts';

/** Progress of a headless run: one line that rewrites itself on a terminal, a line every few seconds elsewhere. */
export class ProgressLine {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  readonly #quiet: boolean;
  #lastPlain = 0;
  #isShown = false;

  constructor(stream: Writable & { readonly isTTY?: boolean }, quiet: boolean) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  update(event: MetricsEvent): void {
    if (this.#quiet) return;
    const { done, total, unit } = event.progress;
    const share = total === null || total === 0 ? '' : ` ${((100 * done) / total).toFixed(1)} %`;
    const amount = unit === 'bytes' ? `${(done / 1e6).toFixed(1)} MB` : `${done} records`;
    const text = `running${share}: ${amount}, ${(event.elapsedMs / 1000).toFixed(1)} s`;
    if (this.#stream.isTTY === true) {
      this.#stream.write(`\r\u001b[2K${text}`);
      this.#isShown = true;
    } else if (event.elapsedMs - this.#lastPlain >= 2000) {
      this.#lastPlain = event.elapsedMs;
      this.#stream.write(`${text}\n`);
    }
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[2K');
    this.#isShown = false;
  }
}
