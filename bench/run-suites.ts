import { tableOf } from './harness/report.ts';
import { runSuite } from './harness/run-suite.ts';
import type { CpuClock } from './harness/run-suite.ts';
import type { Suite } from './harness/suite.ts';

const FILES = import.meta.glob<{ readonly suite: Suite }>('./**/*.bench.ts');

export interface BenchOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly names: readonly string[];
}

export const HELP = `npm run bench [-- [--quick] [--json] [--browser] [SUITE…]]
  --quick    less data, fewer repetitions: shows that it works, not how fast it is
  --json     one JSON object on standard output instead of tables
  --browser  in a worker of Chromium instead of Node
  SUITE      only these; without, all of them`;

export function optionsOf(args: readonly string[]): BenchOptions {
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  const names = args.filter((arg) => !arg.startsWith('-'));
  const options = { json: flags.delete('--json'), quick: flags.delete('--quick'), names };
  if (flags.size > 0) throw new Error(`Unknown option ${[...flags].join(', ')}.\n${HELP}`);
  return options;
}

/** Where the suites run. */
export interface BenchHost {
  /** What a reader has to know of the machine, by name. */
  readonly environment: Readonly<Record<string, string | number | boolean>>;
  /** Lines of the report. */
  readonly print: (text: string) => void;
  /** What is going on now; empty: nothing. */
  readonly showProgress: (text: string) => void;
  readonly cpuMilliseconds: CpuClock;
}

/** @returns Whether the variants of all groups agree about the results. Too slow is no failure: machines differ. */
export async function runSuites(options: BenchOptions, host: BenchHost): Promise<boolean> {
  const { environment, print } = host;
  const named = Object.entries(environment).map(([name, value]) => `${name} ${value}`);
  if (!options.json) print(named.join(', '));
  const reports: SuiteReport[] = [];
  for (const suite of await suitesOf(options.names)) {
    const report = await measure(suite, options, host);
    reports.push(report);
    if (!options.json) print(`\n${report.text}\n`);
  }
  if (options.json) print(JSON.stringify({ environment, quick: options.quick, suites: reports.map(({ data }) => data) }));
  return reports.every(({ isConsistent }) => isConsistent);
}

interface SuiteReport {
  /** For `--json`. */
  readonly data: object;
  readonly text: string;
  readonly isConsistent: boolean;
}

async function suitesOf(names: readonly string[]): Promise<readonly Suite[]> {
  const all = await Promise.all(Object.values(FILES).map(async (load) => (await load()).suite));
  const unknown = names.filter((name) => all.every((suite) => suite.name !== name));
  if (unknown.length > 0) {
    throw new Error(`There is no suite ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.\n${HELP}`);
  }
  const wanted = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  return wanted.toSorted((a, b) => a.name.localeCompare(b.name));
}

async function measure(suite: Suite, options: BenchOptions, { showProgress, cpuMilliseconds }: BenchHost): Promise<SuiteReport> {
  showProgress(`${suite.name}: preparing`);
  const prepared = await suite.prepare({ quick: options.quick });
  const { description, repetitions } = prepared;
  const result = await runSuite(prepared, { cpuMilliseconds, onProgress: (text) => showProgress(`${suite.name}: ${text}`) });
  showProgress('');
  const method = `Medians of ${repetitions} repetitions after one that is dropped; ratios are medians of the ratios within a repetition.`;
  const caution = options.quick ? ' With so little data the verdicts say nothing.' : '';
  return {
    data: { name: suite.name, description, ...result },
    text: `${suite.name}: ${suite.title}\n${description}.\n${method}${caution}\n\n${tableOf(result)}`,
    isConsistent: result.mismatches.length === 0,
  };
}
