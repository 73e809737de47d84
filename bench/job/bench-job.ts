import type { Schema } from '../../engine/batch/schema.ts';
import { analyzeDocument } from '../../engine/graph/analyze-document.ts';
import { DOCUMENT_FORMAT, DOCUMENT_VERSION, documentSchema } from '../../engine/graph/document.ts';
import type { PipelineDocument } from '../../engine/graph/document.ts';
import { buildExecutionGraph } from '../../engine/graph/execution-graph.ts';
import type { ExecutionGraph } from '../../engine/graph/execution-graph.ts';
import { buildJobGraph } from '../../engine/graph/job-graph.ts';
import type { AnyDefinition, OperatorModule } from '../../engine/operators/definition.ts';
import { definitionOf } from '../../engine/operators/registry.ts';
import { deployJob } from '../../engine/runtime/deploy.ts';
import type { DeployedJob } from '../../engine/runtime/deploy.ts';
import { takeSnapshot } from '../../engine/runtime/take-snapshot.ts';
import type { TaskEnvironment } from '../../engine/runtime/task-environment.ts';
import { DeterministicScheduler } from '../../engine/scheduler/deterministic-scheduler.ts';
import { MetricsReader } from '../../engine/scheduler/metrics-reader.ts';
import { ReplayPacer } from '../../engine/scheduler/replay-pacer.ts';
import { must } from '../../engine/util/assert.ts';
import { loadOperatorFrom } from '../../engine/workers/load-operator.ts';
import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { COLUMNAR_SOURCE, columnarSource, ColumnarSource } from './columnar-source.ts';
import { soon } from './soon.ts';
import { TALLY_SINK, tallySink, TallySink } from './tally-sink.ts';
import type { TallyPlan } from './tally.ts';
import { Tally } from './tally.ts';

export interface BenchNode {
  readonly id: string;
  readonly type: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly parallelism?: number;
}

export interface BenchEdge {
  readonly from: string;
  readonly to: string;
  /** Absent: `in`. */
  readonly port?: string;
}

/** A job of operators that read columns in memory and add their results up. */
export interface JobPlan {
  /** By id of the source. In the order in which the execution graph numbers them. */
  readonly sources: Readonly<Record<string, KeyedRecords>>;
  /** Of all sources. */
  readonly schema: Schema;
  /** Between the sources and the sink. */
  readonly nodes: readonly BenchNode[];
  /** Absent: the source, the nodes and the sink in a row. The sink is called `sink`. */
  readonly edges?: readonly BenchEdge[];
  readonly tally: TallyPlan;
  readonly sinkParallelism?: number;
  /** False: no record closes a pass, for jobs that wait for no event time. */
  readonly closesPasses?: boolean;
  /** 0: after every record. */
  readonly watermarkEveryMs?: number;
  /** False: the specification path, record by record. */
  readonly fused?: boolean;
  /** The sources fill arrays of their own instead of handing out views. */
  readonly copyingSource?: boolean;
}

/** Infinity: never. */
export interface WorkerDuties {
  readonly metricsEveryMs: number;
  readonly snapshotEveryMs: number;
}

export const SINK = 'sink';
/** As in a task worker: so long the scheduler works before its host looks for messages. */
const SLICE_MS = 5;

let jobs = 0;

/**
 * A deployed job that reads the records once per run. It goes through everything that a job of the studio goes through in its
 * task worker, from the document on; its kernels live as long as the job, so that later runs measure the steady state.
 */
export class BenchJob {
  readonly #plan: JobPlan;
  readonly #sources: readonly ColumnarSource[];
  readonly #sinks: readonly TallySink[];
  readonly #graph: ExecutionGraph;
  readonly #job: DeployedJob;
  readonly #scheduler: DeterministicScheduler;

  private constructor(plan: JobPlan, operators: OwnOperators, graph: ExecutionGraph, job: DeployedJob) {
    this.#plan = plan;
    this.#sources = operators.sources;
    this.#sinks = operators.sinks;
    this.#graph = graph;
    this.#job = job;
    this.#scheduler = new DeterministicScheduler(job, new ReplayPacer('max'), () => performance.now());
  }

  static async deploy(plan: JobPlan): Promise<BenchJob> {
    // Node ids go into the text of generated code, which must not be that of another job.
    const prefix = `job${++jobs}-`;
    const lookup = lookupFor(plan);
    const graph = graphOf(documentOf(plan, prefix), lookup);
    const operators = new OwnOperators(plan, prefix);
    const job = await deployJob(graph, environmentOf(plan, graph, operators, lookup));
    for (const subtask of job.subtasks) subtask.open();
    return new BenchJob(plan, operators, graph, job);
  }

  /** One pass at full speed. @param sliceMs So long the scheduler works at a time. */
  run(sliceMs = SLICE_MS): Outcome {
    this.#begin();
    while (this.#scheduler.runSlice(sliceMs).kind === 'more');
    return this.#outcome();
  }

  /** One pass as a task worker goes about it: between slices it takes messages, and what it is asked to do now and then. */
  async runAsWorker({ metricsEveryMs, snapshotEveryMs }: WorkerDuties): Promise<Outcome> {
    const metrics = new MetricsReader(this.#graph, this.#job);
    let nextMetrics = performance.now() + metricsEveryMs;
    let nextSnapshot = performance.now() + snapshotEveryMs;
    this.#begin();
    while (this.#scheduler.runSlice(SLICE_MS).kind === 'more') {
      const now = performance.now();
      if (now >= nextMetrics) {
        metrics.read(now);
        nextMetrics = now + metricsEveryMs;
      }
      if (now >= nextSnapshot) {
        this.#takeSnapshot();
        nextSnapshot = now + snapshotEveryMs;
      }
      await soon();
    }
    return this.#outcome();
  }

  #takeSnapshot(): void {
    const position = must(this.#scheduler.align(), 'the position of sources that never wait within a pass');
    takeSnapshot(this.#job, position, {});
  }

  /** One pass, one record per step, each worked off before the next is read. */
  step(): Outcome {
    this.#begin();
    while (this.#scheduler.stepRecord().kind === 'stepped');
    return this.#outcome();
  }

  #begin(): void {
    const [records] = Object.values(this.#plan.sources);
    for (const sink of this.#sinks) sink.beginPass(must(records, 'a source').passes.base);
    for (const source of this.#sources) source.beginPass();
    this.#scheduler.inputArrived();
  }

  #outcome(): Outcome {
    const total = new Tally(this.#plan.tally);
    for (const sink of this.#sinks) total.merge(sink.tally);
    return total.outcome;
  }
}

/** The benchmark's own operators of a job. */
class OwnOperators {
  readonly sources: ColumnarSource[] = [];
  readonly sinks: TallySink[] = [];
  readonly #plan: JobPlan;
  readonly #prefix: string;

  constructor(plan: JobPlan, prefix: string) {
    this.#plan = plan;
    this.#prefix = prefix;
  }

  /** Null: not one of them. */
  load(type: string): Promise<OperatorModule> | null {
    const { sources, schema, tally, copyingSource, closesPasses } = this.#plan;
    if (type === COLUMNAR_SOURCE) {
      const create: OperatorModule['create'] = (_config, { nodeId, sourceIndex }) => {
        const records = must(sources[nodeId.slice(this.#prefix.length)], 'the records of a source');
        const options = { schema, sourceIndex, copies: copyingSource === true, closesPasses: closesPasses !== false };
        const source = new ColumnarSource(records, options);
        this.sources.push(source);
        return source;
      };
      return Promise.resolve({ create });
    }
    if (type !== TALLY_SINK) return null;
    const create: OperatorModule['create'] = (_config, setup) => {
      const sink = new TallySink(tally, must(setup.inputs[0], 'the input of a sink').schema);
      this.sinks.push(sink);
      return sink;
    };
    return Promise.resolve({ create });
  }
}

type Lookup = (type: string) => AnyDefinition | undefined;

function lookupFor({ schema }: JobPlan): Lookup {
  const own = new Map<string, AnyDefinition>([columnarSource(schema), tallySink].map((definition) => [definition.type, definition]));
  return (type) => own.get(type) ?? definitionOf(type);
}

function graphOf(document: PipelineDocument, lookup: Lookup): ExecutionGraph {
  const analysis = analyzeDocument(document, lookup);
  const errors = analysis.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ nodeId, message }) => `${nodeId}: ${message}`).join('\n'));
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, lookup));
}

function documentOf({ sources, nodes, edges, sinkParallelism, watermarkEveryMs }: JobPlan, prefix: string): PipelineDocument {
  const all: readonly BenchNode[] = [
    ...Object.keys(sources).map((id) => ({ id, type: COLUMNAR_SOURCE })),
    ...nodes,
    { id: SINK, type: TALLY_SINK, parallelism: sinkParallelism ?? 1 },
  ];
  const wired = edges ?? all.slice(1).map(({ id }, i): BenchEdge => ({ from: (all[i] as BenchNode).id, to: id }));
  return documentSchema.parse({
    format: DOCUMENT_FORMAT,
    version: DOCUMENT_VERSION,
    id: `${prefix}document`,
    job: { autoWatermarkIntervalMs: watermarkEveryMs ?? 200 },
    nodes: all.map((node) => ({ ...node, id: prefix + node.id })),
    edges: wired.map(({ from, to, port }, i) => ({
      id: `${prefix}edge${i}`,
      source: prefix + from,
      target: prefix + to,
      targetPort: port ?? 'in',
    })),
  });
}

function environmentOf(plan: JobPlan, graph: ExecutionGraph, own: OwnOperators, lookup: Lookup): TaskEnvironment {
  const load = loadOperatorFrom(lookup);
  const running = new Int32Array(1);
  return {
    fused: plan.fused ?? true,
    operatorIds: graph.vertices.flatMap((vertex) => vertex.operators.map(({ nodeId }) => nodeId)),
    loadOperator: (type) => own.load(type) ?? load(type),
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
