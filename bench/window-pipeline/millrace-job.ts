import type { Schema } from '../../engine/batch/schema.ts';
import { analyzeDocument } from '../../engine/graph/analyze-document.ts';
import { DOCUMENT_FORMAT, DOCUMENT_VERSION, documentSchema } from '../../engine/graph/document.ts';
import type { PipelineDocument } from '../../engine/graph/document.ts';
import { buildExecutionGraph } from '../../engine/graph/execution-graph.ts';
import type { ExecutionGraph } from '../../engine/graph/execution-graph.ts';
import { buildJobGraph } from '../../engine/graph/job-graph.ts';
import { erased } from '../../engine/operators/definition.ts';
import type { AnyDefinition, OperatorModule } from '../../engine/operators/definition.ts';
import { definitionOf } from '../../engine/operators/registry.ts';
import { deployJob } from '../../engine/runtime/deploy.ts';
import type { TaskEnvironment } from '../../engine/runtime/task-environment.ts';
import { DeterministicScheduler } from '../../engine/scheduler/deterministic-scheduler.ts';
import { ReplayPacer } from '../../engine/scheduler/replay-pacer.ts';
import { must } from '../../engine/util/assert.ts';
import { loadOperatorFrom } from '../../engine/workers/load-operator.ts';
import type { Outcome } from '../harness/suite.ts';
import { ColumnarSource, columnarSource } from './columnar-source.ts';
import { CountingSink, countingSink } from './counting-sink.ts';
import { WINDOW_MS } from './passes.ts';
import { ResultTally } from './result-tally.ts';
import type { SensorReadings } from './sensor-readings.ts';

/** The user's functions. */
export interface PipelineFunctions {
  readonly isHot: string;
  readonly toFahrenheit: string;
}

export interface MillraceOptions {
  readonly functions: PipelineFunctions;
  /** 0: after every record. */
  readonly watermarkEveryMs?: number;
  /** Of window and sink; what comes before them is one task. */
  readonly windowParallelism?: number;
  /** False: the specification path, record by record. */
  readonly fused?: boolean;
  /** The source fills arrays of its own instead of handing out views. */
  readonly copyingSource?: boolean;
}

/** As in a task worker: so long the scheduler works before its host looks for messages. */
const SLICE_MS = 5;

const OWN_DEFINITIONS = new Map<string, AnyDefinition>(
  [erased(columnarSource), erased(countingSink)].map((definition) => [definition.type, definition]),
);
const lookup = (type: string): AnyDefinition | undefined => OWN_DEFINITIONS.get(type) ?? definitionOf(type);

/** Declared, because it cannot be read from a function that is opaque. */
const CONVERTED: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'f', type: 'double' },
  ],
};

let jobs = 0;

/**
 * A deployed job that reads the readings once per run. It goes through everything that a job of the studio goes through in its
 * task worker, from the document on; its kernels live as long as the job, so that later runs measure the steady state.
 */
export class MillraceJob {
  readonly #readings: SensorReadings;
  readonly #source: ColumnarSource;
  readonly #sinks: readonly CountingSink[];
  readonly #scheduler: DeterministicScheduler;

  private constructor(readings: SensorReadings, source: ColumnarSource, sinks: readonly CountingSink[], scheduler: DeterministicScheduler) {
    this.#readings = readings;
    this.#source = source;
    this.#sinks = sinks;
    this.#scheduler = scheduler;
  }

  static async deploy(readings: SensorReadings, options: MillraceOptions): Promise<MillraceJob> {
    const graph = graphOf(documentOf(readings, options));
    const source = new ColumnarSource(readings, options.copyingSource === true);
    const sinks: CountingSink[] = [];
    const job = await deployJob(graph, environmentOf(graph, source, sinks, options.fused ?? true));
    const scheduler = new DeterministicScheduler(job, new ReplayPacer('max'), () => performance.now());
    for (const subtask of job.subtasks) subtask.open();
    return new MillraceJob(readings, source, sinks, scheduler);
  }

  /** One pass at full speed. */
  run(): Outcome {
    this.#begin();
    while (this.#scheduler.runSlice(SLICE_MS).kind === 'more');
    return this.#outcome();
  }

  /** One pass, one record per step, each worked off before the next is read. */
  step(): Outcome {
    this.#begin();
    while (this.#scheduler.stepRecord().kind === 'stepped');
    return this.#outcome();
  }

  #begin(): void {
    for (const sink of this.#sinks) sink.takeTally(this.#readings.passes.base);
    this.#source.beginPass();
    this.#scheduler.inputArrived();
  }

  #outcome(): Outcome {
    const total = new ResultTally(this.#readings.passes.base);
    for (const sink of this.#sinks) total.merge(sink.takeTally(0));
    return total.outcome;
  }
}

function graphOf(document: PipelineDocument): ExecutionGraph {
  const analysis = analyzeDocument(document, lookup);
  const errors = analysis.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ nodeId, message }) => `${nodeId}: ${message}`).join('\n'));
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, lookup));
}

function documentOf(readings: SensorReadings, options: MillraceOptions): PipelineDocument {
  // Node ids go into the text of generated code, which must not be that of another job.
  const job = `job${++jobs}`;
  const windowParallelism = options.windowParallelism ?? 1;
  const { isHot, toFahrenheit } = options.functions;
  const nodes = [
    { id: 'source', type: columnarSource.type },
    {
      id: 'times',
      type: 'timestamps-and-watermarks',
      config: { timestampField: 'timestamp', maxOutOfOrdernessMs: readings.passes.disorderMs },
    },
    { id: 'hot', type: 'filter', config: { predicate: isHot } },
    { id: 'fahrenheit', type: 'map', config: { mapper: toFahrenheit, schema: CONVERTED.fields } },
    { id: 'by-id', type: 'key-by', config: { columns: ['id'] } },
    {
      id: 'window',
      type: 'tumbling-window',
      config: {
        size: WINDOW_MS,
        aggregates: [
          { fn: 'sum', column: 'f', as: 'sum' },
          { fn: 'avg', column: 'f', as: 'avg' },
          { fn: 'count', column: '', as: 'count' },
        ],
      },
      parallelism: windowParallelism,
    },
    { id: 'sink', type: countingSink.type, parallelism: windowParallelism },
  ].map((node) => ({ ...node, id: `${job}-${node.id}` }));
  return documentSchema.parse({
    format: DOCUMENT_FORMAT,
    version: DOCUMENT_VERSION,
    id: job,
    job: { autoWatermarkIntervalMs: options.watermarkEveryMs ?? 200 },
    nodes,
    edges: nodes.slice(1).map((node, i) => ({ id: `${job}-edge${i}`, source: nodes[i]?.id, target: node.id })),
  });
}

function environmentOf(graph: ExecutionGraph, source: ColumnarSource, sinks: CountingSink[], fused: boolean): TaskEnvironment {
  const load = loadOperatorFrom(lookup);
  const running = new Int32Array(1);
  return {
    fused,
    operatorIds: graph.vertices.flatMap((vertex) => vertex.operators.map(({ nodeId }) => nodeId)),
    loadOperator: (type) => ownModule(type, source, sinks) ?? load(type),
    openInput: () => {
      throw new Error('This job reads no files.');
    },
    deliver: () => {},
    listProblem: (nodeId, kind, _nth, position, reason) => {
      throw new Error(`${nodeId}: no record is ${kind}, but the one at ${position} was: ${reason}`);
    },
    setRunning: (index) => {
      running[0] = index;
    },
  };
}

function ownModule(type: string, source: ColumnarSource, sinks: CountingSink[]): Promise<OperatorModule> | null {
  if (type === columnarSource.type) return Promise.resolve({ create: () => source });
  if (type !== countingSink.type) return null;
  return Promise.resolve({
    create: (_config, setup) => {
      const sink = new CountingSink(must(setup.inputs[0], 'the input of a sink').schema);
      sinks.push(sink);
      return sink;
    },
  });
}
