import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { EngineEvent, RunSummary } from '../../api/engine-api.ts';
import { JobFailure, toJobError } from '../../api/errors.ts';
import type { JobError } from '../../api/errors.ts';
import { analyze, definitionOf } from '../../api/analyze.ts';
import { EXECUTION_MODES } from '../../graph/document.ts';
import type { DocumentNode, JobSettings, PipelineDocument } from '../../graph/document.ts';
import { writeRows } from '../../formats/write.ts';
import { parseDocument } from '../../graph/migrations.ts';
import { batchOfRows } from '../wire-rows.ts';
import { runHeadless } from './headless.ts';
import { ProgressLine } from './progress-line.ts';

const USAGE = `millrace: runs a pipeline document without a browser

  millrace run FILE.json [--input NODE=PATH]... [--output NODE=PATH]...
                         [--parallelism N] [--seed N] [--execution-mode MODE]
                         [--unfused] [--quiet]

  --input NODE=PATH    read the data of source NODE (id or name) from PATH
  --output NODE=PATH   write the rows of sink NODE as NDJSON to PATH; other sinks
                       go to standard output as {"sink":…,"row":…}
  --parallelism N      default parallelism of the job
  --seed N             seed of generators and shuffles
  --execution-mode MODE  streaming, batch, or automatic: batch if all sources end
  --unfused            the specification path: one record at a time
  --quiet              no progress on standard error

Exit status: 0 finished, 1 the job failed, 2 the command line or the document is wrong.`;

/** A mistake in how the command was called; exits with 2. */
class UsageError extends Error {}

interface Command {
  readonly file: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parallelism: number | null;
  readonly seed: number | null;
  readonly executionMode: JobSettings['executionMode'] | null;
  readonly fused: boolean;
  readonly quiet: boolean;
}

function readCommand(argv: readonly string[]): Command | null {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help === true || positionals.length === 0) return null;
  const [verb, file, ...rest] = positionals;
  if (verb !== 'run') throw new UsageError(`There is no command "${verb}"; the command is "run".`);
  if (file === undefined) throw new UsageError('Name the document to run: millrace run FILE.json');
  if (rest.length > 0) throw new UsageError(`One document at a time: what is "${rest[0]}"?`);
  return {
    file,
    inputs: values.input ?? [],
    outputs: values.output ?? [],
    parallelism: integerOption('parallelism', values.parallelism, 1),
    seed: integerOption('seed', values.seed, Number.MIN_SAFE_INTEGER),
    executionMode: executionModeOption(values['execution-mode']),
    fused: values.unfused !== true,
    quiet: values.quiet === true,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      input: { type: 'string', multiple: true },
      output: { type: 'string', multiple: true },
      parallelism: { type: 'string' },
      seed: { type: 'string' },
      'execution-mode': { type: 'string' },
      unfused: { type: 'boolean' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function integerOption(name: string, text: string | undefined, min: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min)
    throw new UsageError(`--${name} is a whole number${min > 0 ? ` of at least ${min}` : ''}, not "${text}".`);
  return value;
}

function executionModeOption(text: string | undefined): JobSettings['executionMode'] | null {
  if (text === undefined) return null;
  const mode = EXECUTION_MODES.find((known) => known === text.toLowerCase());
  if (mode === undefined) throw new UsageError(`--execution-mode is ${EXECUTION_MODES.join(', ')}, not "${text}".`);
  return mode;
}

async function loadDocument(command: Command): Promise<PipelineDocument> {
  let text: string;
  try {
    text = await readFile(command.file, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${command.file}: ${(error as Error).message}`);
  }
  const document = parseDocument(text);
  const job = { ...document.job };
  if (command.parallelism !== null) job.parallelism = command.parallelism;
  if (command.seed !== null) job.seed = command.seed;
  if (command.executionMode !== null) job.executionMode = command.executionMode;
  return { ...document, job };
}

function assignments(option: string, values: readonly string[], document: PipelineDocument): Map<DocumentNode, string> {
  return new Map(
    values.map((value) => {
      const at = value.indexOf('=');
      if (at < 1 || at === value.length - 1) throw new UsageError(`--${option} is NODE=PATH, not "${value}".`);
      const wanted = value.slice(0, at);
      const found = document.nodes.filter((node) => node.id === wanted);
      const nodes =
        found.length > 0
          ? found
          : document.nodes.filter((node) => (node.name === '' ? definitionOf(node.type)?.title : node.name) === wanted);
      const [node, second] = nodes;
      if (node === undefined)
        throw new UsageError(`--${option}: the document has no node "${wanted}". It has: ${document.nodes.map((n) => n.id).join(', ')}.`);
      if (second !== undefined)
        throw new UsageError(`--${option}: several nodes are named "${wanted}"; use the id: ${nodes.map((n) => n.id).join(', ')}.`);
      return [node, value.slice(at + 1)] as const;
    }),
  );
}

/** Points the sources at files: each gets a data entry for its `data` field. */
function withInputs(
  document: PipelineDocument,
  inputs: ReadonlyMap<DocumentNode, string>,
): { document: PipelineDocument; files: Map<string, string> } {
  const files = new Map<string, string>();
  const data = [...document.data];
  const nodes = document.nodes.map((node) => {
    const path = inputs.get(node);
    if (path === undefined) return node;
    const field = Object.entries(definitionOf(node.type)?.fields ?? {}).find(([, candidate]) => candidate.kind === 'data')?.[0];
    if (field === undefined) throw new UsageError(`--input: "${node.id}" does not read files.`);
    const dataId = `input:${node.id}`;
    const format = node.config['format'] === 'ndjson' ? 'ndjson' : 'csv';
    files.set(dataId, path);
    data.push({ id: dataId, name: path, format, source: { kind: 'file', sizeBytes: 0 } });
    return { ...node, config: { ...node.config, [field]: dataId } };
  });
  return { document: { ...document, nodes, data }, files };
}

class Outputs {
  readonly #files: ReadonlyMap<string, Writable>;
  readonly #written = new Map<string, number>();

  constructor(paths: ReadonlyMap<DocumentNode, string>) {
    this.#files = new Map([...paths].map(([node, path]) => [node.id, createWriteStream(path)]));
  }

  async write(event: EngineEvent & { type: 'rows' }): Promise<void> {
    const { nodeId, schema, rowCount, columns } = event;
    const file = this.#files.get(nodeId);
    const rows = writeRows(batchOfRows(schema, rowCount, columns), 'ndjson');
    const text = file === undefined ? labelled(nodeId, rows) : rows;
    this.#written.set(nodeId, (this.#written.get(nodeId) ?? 0) + rowCount);
    await write(file ?? process.stdout, text);
  }

  rowsOf(nodeId: string): number {
    return this.#written.get(nodeId) ?? 0;
  }

  async close(): Promise<void> {
    for (const file of this.#files.values())
      await new Promise<void>((resolve, reject) => file.end((error?: Error | null) => (error ? reject(error) : resolve())));
  }
}

/** Lines of several sinks on one stream: each says whose it is. */
function labelled(nodeId: string, rows: string): string {
  const start = `{"sink":${JSON.stringify(nodeId)},"row":`;
  return rows
    .trimEnd()
    .split('\n')
    .map((row) => `${start}${row}}\n`)
    .join('');
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const command = readCommand(argv);
  if (command === null) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const loaded = await loadDocument(command);
  const { document, files } = withInputs(loaded, assignments('input', command.inputs, loaded));
  const outputPaths = new Map([...assignments('output', command.outputs, loaded)].map(([node, path]) => [checkedSink(node), path]));
  if (!command.quiet) process.stderr.write(warningsText(document));
  const outputs = new Outputs(outputPaths);
  const progress = new ProgressLine(process.stderr, command.quiet);
  const listed: string[] = [];
  try {
    const summary = await runHeadless({
      document,
      files,
      options: { speed: 'max', startPaused: false, fused: command.fused },
      taskWorker: new URL('./task-worker.js', import.meta.url),
      onEvent: (event) => {
        if (event.type === 'rows') return outputs.write(event);
        if (event.type === 'metrics') progress.update(event);
        if (event.type === 'problems') {
          for (const problem of event.problems)
            if (listed.length < 10) listed.push(`  ${problem.kind} at ${problem.position}: ${problem.reason}`);
        }
        return undefined;
      },
    });
    progress.clear();
    process.stderr.write(summaryText(summary, document, outputs, listed));
    return 0;
  } catch (error) {
    progress.clear();
    throw error;
  } finally {
    await outputs.close();
  }
}

/** What the studio would show beside the nodes, and what runs all the same: a misspelt setting, a stream that loses its key. */
function warningsText(document: PipelineDocument): string {
  const names = new Map(
    document.nodes.map((node) => [node.id, node.name === '' ? (definitionOf(node.type)?.title ?? node.type) : node.name]),
  );
  return analyze(document)
    .problems.filter(({ severity }) => severity === 'warning')
    .map(({ nodeId, message }) => `warning: ${nodeId === undefined ? '' : `${names.get(nodeId)}: `}${message}\n`)
    .join('');
}

function checkedSink(node: DocumentNode): DocumentNode {
  if (definitionOf(node.type)?.delivery === undefined) throw new UsageError(`--output: "${node.id}" is not a sink.`);
  return node;
}

function summaryText(summary: RunSummary, document: PipelineDocument, outputs: Outputs, listed: readonly string[]): string {
  const seconds = summary.elapsedMs / 1000;
  const lines = [
    `finished in ${seconds.toFixed(2)} s: ${summary.recordsRead} records read (${Math.round(summary.recordsRead / Math.max(seconds, 0.001))}/s), ${summary.rowsDelivered} rows delivered`,
  ];
  for (const node of document.nodes)
    if (definitionOf(node.type)?.delivery !== undefined) lines.push(`  sink ${node.id}: ${outputs.rowsOf(node.id)} rows`);
  lines.push(`late ${summary.lateRecords}, malformed ${summary.malformedRecords}, failed ${summary.failedRecords}`);
  lines.push(...listed);
  const total = summary.lateRecords + summary.malformedRecords + summary.failedRecords;
  if (total > listed.length && listed.length > 0) lines.push(`  … and ${total - listed.length} more`);
  lines.push(`trace ${summary.traceHash}, result ${summary.resultHash}`);
  return `${lines.join('\n')}\n`;
}

function errorText(error: JobError): string {
  const lines = [`error: ${error.message}`];
  if (error.position !== undefined) lines.push(`  at position ${error.position} of the source`);
  if (error.subtaskIndex !== undefined) lines.push(`  subtask: ${error.subtaskIndex + 1}`);
  if (error.key !== undefined) lines.push(`  key: ${error.key}`);
  if (error.record !== undefined) lines.push(`  record: ${error.record}`);
  if (error.cause !== undefined)
    lines.push(
      `  thrown: ${error.cause}${error.line === undefined ? '' : ` (line ${error.line}, column ${error.column ?? 0} of the function)`}`,
    );
  if (error.field !== undefined) lines.push(`  field: ${error.field}`);
  return `${lines.join('\n')}\n`;
}

/** Exit status of a process that ended because nobody reads its output any more: 128 + SIGPIPE, as shells report it. */
const NOBODY_READS = 141;

// `millrace run … | head` closes the pipe when it has seen enough: no failure of ours, and nothing more to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(NOBODY_READS);
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof UsageError || (error instanceof Error && error.name === 'DocumentError')) {
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 2;
      return;
    }
    const jobError = error instanceof JobFailure ? error.error : toJobError(error);
    process.stderr.write(errorText(jobError));
    process.exitCode = jobError.domain === 'user' && jobError.position === undefined && jobError.code !== 'function-never-returned' ? 2 : 1;
  },
);
