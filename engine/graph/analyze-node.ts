import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { AnyDefinition, ConfigProblem, InputPort, OutputPort, Partitioner, StreamShape } from '../operators/definition.ts';
import { parseConfig } from '../operators/parse-config.ts';
import type { AnalyzedNode } from './analysis.ts';
import type { DocumentNode, PipelineDocument } from './document.ts';
import { partitionerOf } from './exchanges.ts';

/** A stream on its way to an input. */
export interface IncomingStream {
  readonly shape: StreamShape;
  /** False when something upstream is wrong: what is missing then (a key, timestamps) may be missing because of that. */
  readonly certain: boolean;
  readonly parallelism: number;
  readonly bounded: boolean;
}

/** A node on the way through the analysis: what the page sees, and what its neighbours need. */
export interface NodeAnalysis {
  readonly node: DocumentNode;
  readonly definition: AnyDefinition;
  readonly analyzed: AnalyzedNode;
  readonly outputPorts: readonly OutputPort[];
  readonly partitioner: Partitioner | null;
  /** Neither this node nor anything that feeds it has an error. */
  readonly certain: boolean;
  readonly problems: readonly ConfigProblem[];
}

/** Of a stream nothing is known of. */
export const UNKNOWN_SHAPE: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

/** What a person calls a node. */
export function nameOf(node: DocumentNode, definition: AnyDefinition | undefined): string {
  if (node.name !== '') return node.name;
  return definition?.title ?? node.type;
}

/** What an analysis depends on, and what it was. */
interface Remembered {
  readonly definition: AnyDefinition;
  readonly job: PipelineDocument['job'];
  readonly data: PipelineDocument['data'];
  readonly parallelism: number | undefined;
  readonly incoming: readonly (IncomingStream | undefined)[];
  readonly analysis: NodeAnalysis;
}

/**
 * A document is analysed after every edit, and an edit touches one node: the others, functions included, need not be checked again. By
 * identity of the configuration, which an edit elsewhere (or a move) does not change.
 */
const REMEMBERED = new WeakMap<DocumentNode['config'], Remembered>();

/** @param incoming By input index, undefined where nothing is connected; the streams of a port that takes many are the rest. */
export function analyzeNode(
  document: PipelineDocument,
  node: DocumentNode,
  definition: AnyDefinition,
  incoming: readonly (IncomingStream | undefined)[],
): NodeAnalysis {
  const known = REMEMBERED.get(node.config);
  const { job, data } = document;
  if (
    known?.definition === definition &&
    known.job === job &&
    known.data === data &&
    known.parallelism === node.parallelism &&
    known.incoming.length === incoming.length &&
    known.incoming.every((stream, i) => sameStream(stream, incoming[i]))
  ) {
    return { ...known.analysis, node, analyzed: { ...known.analysis.analyzed, nodeId: node.id } };
  }
  const analysis = analyzeAnew(document, node, definition, incoming);
  REMEMBERED.set(node.config, { definition, job, data, parallelism: node.parallelism, incoming, analysis });
  return analysis;
}

function sameStream(a: IncomingStream | undefined, b: IncomingStream | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.shape === b.shape && a.certain === b.certain && a.parallelism === b.parallelism && a.bounded === b.bounded;
}

function analyzeAnew(
  document: PipelineDocument,
  node: DocumentNode,
  definition: AnyDefinition,
  incoming: readonly (IncomingStream | undefined)[],
): NodeAnalysis {
  const streams = incoming.filter((stream) => stream !== undefined);
  const parallelism = parallelismOf(document, node, definition, streams);
  const inputs = incoming.map((stream) => (stream === undefined ? UNKNOWN_SHAPE : shapeAt(stream, parallelism)));
  const { config, problems: configProblems } = parseConfig(definition.fields, node.config, inputs);
  const asked = askDefinition(definition, config, inputs);
  const isSource = definition.inputs.length === 0;
  const bounded = isSource ? asked.bounded : streams.length > 0 && streams.every((stream) => stream.bounded);
  const own = [
    ...inputProblems(definition.inputs, incoming),
    ...configProblems,
    ...dataProblems(document, definition, config),
    ...(isSource ? sourceProblems(document, bounded) : []),
  ];
  const problems = [...own, ...asked.problems.filter((problem) => isMeaningful(problem, inputs) && notComplainedAbout(problem, own))];
  return {
    node,
    definition,
    analyzed: {
      nodeId: node.id,
      config,
      inputs,
      outputs: Object.fromEntries(asked.outputPorts.map((port) => [port.name, asked.shapes[port.name] ?? UNKNOWN_SHAPE])),
      parallelism,
      bounded,
    },
    outputPorts: asked.outputPorts,
    partitioner: asked.partitioner,
    certain: problems.every((problem) => problem.severity !== 'error') && streams.every((stream) => stream.certain),
    problems,
  };
}

/** At another parallelism records are rebalanced, and a subtask has no splits of its own any more. */
function shapeAt({ shape, parallelism: before }: IncomingStream, parallelism: number): StreamShape {
  if (shape.splits === undefined || before === parallelism) return shape;
  const { schema, key, eventTime } = shape;
  return { schema, key, eventTime };
}

interface Answers {
  readonly outputPorts: readonly OutputPort[];
  readonly shapes: Readonly<Record<string, StreamShape>>;
  readonly partitioner: Partitioner | null;
  readonly bounded: boolean;
  readonly problems: readonly ConfigProblem[];
}

/** Everything a definition says about a configuration. By contract it does not throw; the canvas must survive if it does. */
function askDefinition(definition: AnyDefinition, config: Readonly<Record<string, never>>, inputs: readonly StreamShape[]): Answers {
  let outputPorts: readonly OutputPort[] = [];
  try {
    outputPorts = definition.outputs(config);
    const shapes = definition.shapes(config, inputs);
    return {
      outputPorts,
      shapes: shapes.ports,
      partitioner: partitionerOf(definition, config, shapes.ports),
      bounded: definition.bounded?.(config) ?? false,
      problems: shapes.problems,
    };
  } catch (thrown) {
    const problem: ConfigProblem = {
      severity: 'error',
      code: 'internal-error',
      message: `Millrace could not check this ${definition.title} (${thrown instanceof Error ? thrown.message : String(thrown)}). Please report this with the pipeline.`,
    };
    return { outputPorts, shapes: {}, partitioner: null, bounded: false, problems: [problem] };
  }
}

/** Virtual operators are no tasks: they run wherever the records come from. */
function parallelismOf(
  document: PipelineDocument,
  node: DocumentNode,
  definition: AnyDefinition,
  streams: readonly IncomingStream[],
): number {
  if (definition.partitioner !== undefined) return streams[0]?.parallelism ?? document.job.parallelism;
  return definition.fixedParallelism ?? node.parallelism ?? document.job.parallelism;
}

function inputProblems(ports: readonly InputPort[], incoming: readonly (IncomingStream | undefined)[]): readonly ConfigProblem[] {
  return incoming.flatMap((stream, i): readonly ConfigProblem[] => {
    const port = ports[Math.min(i, ports.length - 1)] as InputPort;
    const which = ports.length === 1 ? 'the input' : `the input "${port.title}"`;
    if (stream === undefined) {
      return [error('input-unconnected', `Nothing is connected to ${which}. Draw a connection to it.`, port.name)];
    }
    if (!stream.certain) return [];
    const problems: ConfigProblem[] = [];
    if (port.keyed === true && stream.shape.key === null) {
      problems.push(error('not-keyed', `The stream at ${which} must be keyed. Add a key by before it.`, port.name));
    }
    if (port.eventTime === true && !stream.shape.eventTime) {
      const message = `The records at ${which} have no event time. Add timestamps and watermarks upstream.`;
      problems.push(error('no-event-time', message, port.name));
    }
    return problems;
  });
}

function dataProblems(
  document: PipelineDocument,
  definition: AnyDefinition,
  config: Readonly<Record<string, unknown>>,
): readonly ConfigProblem[] {
  return Object.entries(definition.fields).flatMap(([name, field]): readonly ConfigProblem[] => {
    if (field.kind !== 'data' || config[name] === '' || field.visibleWhen?.(config) === false) return [];
    const data = document.data.find((candidate) => candidate.id === config[name]);
    if (data === undefined) {
      return [
        {
          severity: 'error',
          code: 'data-missing',
          message: `"${field.label}" names data that is not part of this document. Choose the file again.`,
          field: name,
        },
      ];
    }
    if (field.formats.includes(data.format)) return [];
    return [
      {
        severity: 'error',
        code: 'data-format',
        message: `"${field.label}" reads ${field.formats.join(' or ')}; ${data.name} is ${data.format}. Choose another file.`,
        field: name,
      },
    ];
  });
}

function sourceProblems(document: PipelineDocument, bounded: boolean): readonly ConfigProblem[] {
  if (bounded || document.job.executionMode !== 'batch') return [];
  return [
    {
      severity: 'error',
      code: 'unbounded-in-batch',
      message: 'This source never ends, which batch execution does not allow. Limit it, or run the job in streaming mode.',
    },
  ];
}

/** Without fields at an input, every name is unknown: that says nothing. */
function isMeaningful(problem: ConfigProblem, inputs: readonly StreamShape[]): boolean {
  return problem.code !== 'column-missing' || inputs.every((input) => input.schema.fields.length > 0);
}

/** A field or port keeps the complaint of the check that saw it first: definitions often look at the same value once more. */
function notComplainedAbout(problem: ConfigProblem, earlier: readonly ConfigProblem[]): boolean {
  return !earlier.some(
    (other) =>
      other.severity === 'error' &&
      ((problem.field !== undefined && other.field === problem.field) || (problem.port !== undefined && other.port === problem.port)),
  );
}

function error(code: string, message: string, port: string): ConfigProblem {
  return { severity: 'error', code, message, port };
}
