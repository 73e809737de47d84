import { availableParallelism, cpus, loadavg } from 'node:os';
import type { BenchHost } from './run-suites.ts';
import { HELP, optionsOf, runSuites } from './run-suites.ts';

/** On one line of standard error, overwritten by the next. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function environment(): BenchHost['environment'] {
  return {
    node: process.version,
    v8: process.versions.v8,
    processor: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** @returns The exit code: 1 when two variants of a group disagree about the results. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const isConsistent = await runSuites(optionsOf(args), {
    environment: environment(),
    print: (text) => console.log(text),
    showProgress,
    cpuMilliseconds,
  });
  return isConsistent ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
