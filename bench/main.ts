import { availableParallelism, cpus, loadavg } from 'node:os';
import { alignedTable, tableOf } from './harness/report.ts';
import { runSuite } from './harness/run-suite.ts';
import type { Suite } from './harness/suite.ts';

/** What a file of this kind exports: a suite for the harness, or one that measures by itself and is named like its file. */
type BenchModule = { readonly suite: Suite } | { readonly run: () => Promise<readonly MeasuredRow[]> };

interface MeasuredRow {
  readonly suite: string;
  readonly name: string;
  readonly perSecond: number;
  readonly unit: string;
  readonly ratio: number;
  readonly ratioTo: string;
}

const FILES = import.meta.glob<BenchModule>('./**/*.bench.ts');

interface Options {
  readonly json: boolean;
  readonly quick: boolean;
  readonly names: readonly string[];
}

const HELP = `npm run bench [-- [--quick] [--json] [SUITE…]]
  --quick  less data, fewer repetitions: shows that it works, not how fast it is
  --json   one JSON object on standard output instead of tables
  SUITE    only these; without, all of them`;

function optionsOf(args: readonly string[]): Options {
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  const names = args.filter((arg) => !arg.startsWith('-'));
  const options = { json: flags.delete('--json'), quick: flags.delete('--quick'), names };
  if (flags.size > 0) throw new Error(`Unknown option ${[...flags].join(', ')}.\n${HELP}`);
  return options;
}

/** A suite with what it takes to run and print it. */
interface Entry {
  readonly name: string;
  run(options: Options): Promise<SuiteReport>;
}

interface SuiteReport {
  /** For `--json`. */
  readonly data: object;
  readonly text: string;
  readonly isConsistent: boolean;
}

async function entriesOf(names: readonly string[]): Promise<readonly Entry[]> {
  const all = await Promise.all(Object.entries(FILES).map(async ([file, load]) => entryOf(file, await load())));
  const unknown = names.filter((name) => all.every((entry) => entry.name !== name));
  if (unknown.length > 0) {
    throw new Error(`There is no suite ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.\n${HELP}`);
  }
  const wanted = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  return wanted.toSorted((a, b) => a.name.localeCompare(b.name));
}

function entryOf(file: string, module: BenchModule): Entry {
  if ('suite' in module) {
    const { suite } = module;
    return { name: suite.name, run: (options) => measure(suite, options) };
  }
  const name = file.replace(/^.*\/(.*)\.bench\.ts$/, '$1');
  return {
    name,
    run: async () => {
      const rows = await module.run();
      return { data: { name, rows }, text: `${name}\n\n${tableOfRows(rows)}`, isConsistent: true };
    },
  };
}

function tableOfRows(rows: readonly MeasuredRow[]): string {
  const lines = rows.map((row) => [
    row.suite,
    row.name,
    `${row.perSecond.toFixed(1)} ${row.unit}`,
    `${row.ratio.toFixed(2)} of "${row.ratioTo}"`,
  ]);
  return alignedTable(['suite', 'variant', 'speed', 'ratio'], lines);
}

/** On one line of standard error, overwritten by the next. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function environment(): Readonly<Record<string, string | number>> {
  return {
    node: process.version,
    v8: process.versions.v8,
    processor: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

async function measure(suite: Suite, options: Options): Promise<SuiteReport> {
  showProgress(`${suite.name}: preparing`);
  const prepared = await suite.prepare({ quick: options.quick });
  const { description, repetitions } = prepared;
  const result = await runSuite(prepared, (text) => showProgress(`${suite.name}: ${text}`));
  showProgress('');
  const method = `Medians of ${repetitions} repetitions after one that is dropped; ratios are medians of the ratios within a repetition.`;
  return {
    data: { name: suite.name, description, ...result },
    text: `${suite.name}: ${suite.title}\n${description}.\n${method}\n\n${tableOf(result)}`,
    isConsistent: result.mismatches.length === 0,
  };
}

/** @returns The exit code: 1 when two variants of a group disagree about the results. Too slow is no failure: machines differ. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const options = optionsOf(args);
  const machine = environment();
  if (!options.json)
    console.log(
      Object.entries(machine)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    );
  const reports: SuiteReport[] = [];
  for (const entry of await entriesOf(options.names)) {
    const report = await entry.run(options);
    reports.push(report);
    if (!options.json) console.log(`\n${report.text}\n`);
  }
  if (options.json) console.log(JSON.stringify({ environment: machine, quick: options.quick, suites: reports.map(({ data }) => data) }));
  return reports.every(({ isConsistent }) => isConsistent) ? 0 : 1;
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
