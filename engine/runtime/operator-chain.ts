import type { Schema } from '../batch/schema.ts';
import type { EventTimeProgress, OperatorSubtaskSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import { MIN_WATERMARK } from '../elements/marks.ts';
import type { ArrivalClock } from '../elements/processing-time.ts';
import type { FusionStage } from '../functions/fusion.ts';
import type { ExecutionSubtask } from '../graph/execution-graph.ts';
import type { ChainedEdge, JobVertex, OperatorDeployment } from '../graph/job-graph.ts';
import type { OperatorModule } from '../operators/definition.ts';
import type { Operator, OperatorContext, OperatorSetup, SourceOperator } from '../operators/operator.ts';
import { assert, must } from '../util/assert.ts';
import { hashText } from '../util/hash.ts';
import { AlignedSource } from './aligned-source.ts';
import type { AlignmentGroups } from './alignment-group.ts';
import { BatchExecutionOperator } from './batch-execution-operator.ts';
import { ChainOutput } from './chain-output.ts';
import type { Receiver } from './chain-output.ts';
import { recordFailure } from './failures.ts';
import { fusable, FusedStage } from './fused-stage.ts';
import { InputWatermarks } from './input-watermarks.ts';
import { InterleavedStage } from './interleaved-stage.ts';
import { OperatorStage } from './operator-stage.ts';
import { OperatorStats } from './operator-stats.ts';
import type { TaskEnvironment } from './task-environment.ts';

interface Link {
  readonly deployment: OperatorDeployment;
  readonly operator: Operator | SourceOperator;
  readonly stats: OperatorStats;
  readonly output: ChainOutput;
  /** The operator, if it holds something back; else null: asking for its method each time would cost as much as a call. */
  readonly flushed: Operator | null;
  /** The operator of the chain that feeds it; null of the head. */
  readonly feeder: string | null;
  readonly stage: FusionStage | null;
  /** The operator of the chain that gets all it emits, and nothing else; null when there is none. */
  readonly next: Link | null;
}

/** What all chains of a job share. */
export interface ChainJob {
  readonly seed: number;
  readonly autoWatermarkIntervalMs: number;
  readonly clock: ArrivalClock;
  readonly alignment: AlignmentGroups;
}

/** Result partitions of the subtask, by the operator and port that feed them. */
export type PartitionLookup = (nodeId: string, port: string) => readonly Receiver[];

/**
 * The operators of one subtask, wired as a tree: the head takes what comes in, the others what their predecessor emits.
 * Built from the leaves upwards, because an output needs its receivers.
 */
export class OperatorChain {
  /** Head first, every operator after the one that feeds it. */
  readonly links: readonly Link[];
  readonly #environment: TaskEnvironment;
  readonly #clock: ArrivalClock;
  readonly head: Link;
  readonly #heads: (Receiver | undefined)[] = [];
  #interleaved: InterleavedStage | null | undefined;
  readonly #watermarks: InputWatermarks | null;
  readonly #timed: readonly Link[];

  private constructor(links: readonly Link[], clock: ArrivalClock, environment: TaskEnvironment) {
    this.links = links;
    this.head = must(links[0], 'the head of a chain');
    this.#clock = clock;
    this.#environment = environment;
    const inputs = this.head.deployment.inputs.length;
    this.#watermarks = inputs > 1 ? new InputWatermarks(inputs) : null;
    this.#timed = links.filter(({ operator }) => 'processElement' in operator && operator.processProcessingTime !== undefined);
  }

  static async deploy(
    vertex: JobVertex,
    subtask: ExecutionSubtask,
    job: ChainJob,
    partitions: PartitionLookup,
    environment: TaskEnvironment,
  ): Promise<OperatorChain> {
    const links = new Map<string, Link>();
    const stages = new Map<string, Receiver>();
    for (const deployment of vertex.operators.toReversed()) {
      const module = await environment.loadOperator(deployment.type);
      const stats = new OperatorStats(deployment.nodeId);
      const receivers = (port: string): Receiver[] => [
        ...vertex.chained
          .filter((edge) => edge.fromNode === deployment.nodeId && edge.port === port)
          .map((edge) => stageOf(edge, links, job.clock, environment, stages)),
        ...partitions(deployment.nodeId, port),
      ];
      const output = newOutput(deployment, subtask, stats, receivers, environment);
      const created = createOperator(module, deployment, setupOf(deployment, vertex, subtask, job, environment));
      const operator = 'poll' in created ? alignedSource(created, deployment, links, job) : created;
      const feeder = vertex.chained.find((edge) => edge.toNode === deployment.nodeId)?.fromNode ?? null;
      const stage = environment.fused && 'processElement' in operator ? (operator.fusion?.() ?? null) : null;
      const next = nextOf(deployment, vertex, links, partitions);
      const flushed = 'processElement' in operator && operator.flush !== undefined ? operator : null;
      links.set(deployment.nodeId, { deployment, operator, stats, output, flushed, feeder, stage, next });
    }
    const ordered = vertex.operators.map((deployment) => must(links.get(deployment.nodeId), 'a deployed operator'));
    return new OperatorChain(ordered, job.clock, environment);
  }

  open(subtask: ExecutionSubtask): void {
    for (const link of this.links.toReversed()) {
      this.#environment.setRunning(this.#environment.operatorIds.indexOf(link.stats.nodeId));
      link.operator.open(contextOf(link, subtask, this.#environment));
    }
  }

  /** The head as a receiver of what comes through input `input` of the subtask. */
  stage(input: number): Receiver {
    const known = this.#heads[input];
    if (known !== undefined) return known;
    const { operator, stats, output } = this.head;
    assert('processElement' in operator, 'only a task without source has an input gate');
    const alone = new OperatorStage(operator, stats, output, input, this.#watermarks, this.#clock, this.#environment);
    const stage = fused(this.head, alone, this.#environment);
    this.#heads[input] = stage;
    return stage;
  }

  /** The head as a receiver of both its inputs in one order; null: it has one input, or is to be fed record by record from each. */
  get interleaved(): InterleavedStage | null {
    if (this.#interleaved !== undefined) return this.#interleaved;
    const { operator, stats, output } = this.head;
    const [first, second] = [0, 1].map((input) => (this.#watermarks === null ? null : this.stage(input)));
    const isPossible = this.#environment.fused && this.#watermarks !== null && this.head.deployment.inputs.length === 2;
    this.#interleaved =
      isPossible && first instanceof OperatorStage && second instanceof OperatorStage && 'processElement' in operator
        ? new InterleavedStage(operator, [first, second], stats, output, must(this.#watermarks, 'two inputs'), this.#environment)
        : null;
    return this.#interleaved;
  }

  /** Sends everything that operators and outputs still hold. Head first, so that nothing is left behind. */
  flush(): void {
    for (let l = 0; l < this.links.length; l++) flushLink(this.links[l] as Link);
  }

  /** The state of every operator by node id. `inputs`: how far the inputs of the head have come. Nothing is under way. */
  snapshot(inputs: readonly EventTimeProgress[], isFinished: boolean): ReadonlyMap<string, OperatorSubtaskSnapshot> {
    return new Map(
      this.links.map(({ deployment, operator, stats, output, feeder }) => {
        const snapshot: OperatorSubtaskSnapshot = {
          isFinished,
          state: 'poll' in operator ? null : (operator.snapshot?.() ?? null),
          reading: 'poll' in operator ? { state: operator.snapshot() } : null,
          inputs: feeder === null ? inputs : [this.#linkOf(feeder).output.progress],
          output: output.progress,
          counters: stats.counters(),
        };
        return [deployment.nodeId, snapshot];
      }),
    );
  }

  /** The valve of the inputs of the head, if there are several. */
  get inputWatermarks(): InputWatermarks | null {
    return this.#watermarks;
  }

  /**
   * Tells restored operators, head first, how far time had come: neither clock nor watermarks are their state. What is overdue happens now,
   * with this origin.
   */
  announce(head: EventTimeProgress | null, origin: number): void {
    for (const { operator, feeder } of this.links) {
      if ('poll' in operator) continue;
      const progress = feeder === null ? head : this.#linkOf(feeder).output.progress;
      if (progress === null) continue;
      operator.processProcessingTime?.(this.#clock.at(origin), origin);
      if (progress.watermark > MIN_WATERMARK) operator.processWatermark?.(progress.watermark, origin);
      if (progress.idle) operator.processWatermarkStatus?.(true, origin);
    }
    this.flush();
  }

  #linkOf(nodeId: string): Link {
    return must(
      this.links.find(({ deployment }) => deployment.nodeId === nodeId),
      'an operator of the chain',
    );
  }

  /** Nothing with a smaller origin comes any more: processing time has reached its arrival. */
  advanceTo(frontier: number): void {
    if (this.#timed.length === 0 || !Number.isFinite(frontier)) return;
    for (const { operator } of this.#timed) (operator as Operator).processProcessingTime?.(this.#clock.at(frontier), frontier);
    this.flush();
  }

  /** End of input: every operator flushes, head first. The watermark MAX has been processed before. */
  finish(): void {
    for (const link of this.links) {
      if ('processElement' in link.operator) {
        this.#environment.setRunning(this.#environment.operatorIds.indexOf(link.stats.nodeId));
        link.operator.finish?.();
      }
      flushLink(link);
    }
  }

  close(): void {
    for (const link of this.links) link.operator.close?.();
  }
}

function createOperator(
  module: OperatorModule,
  { config, batchExecution }: OperatorDeployment,
  setup: OperatorSetup,
): Operator | SourceOperator {
  if (batchExecution === undefined) return module.create(config as never, setup);
  // Whatever has inputs is no source.
  return new BatchExecutionOperator(batchExecution, setup, (inner) => module.create(config as never, inner) as Operator);
}

/** The source with its pauses, if an operator behind it makes watermarks that it is aligned by. */
function alignedSource(
  source: SourceOperator,
  { name, outputs }: OperatorDeployment,
  links: ReadonlyMap<string, Link>,
  { clock, alignment }: ChainJob,
): SourceOperator {
  for (const { deployment, output } of links.values()) {
    if (deployment.alignment === undefined) continue;
    const group = alignment.of(deployment.alignment, clock);
    return new AlignedSource({ source, group, name, splits: outputs['out']?.splits ?? 1, eventTime: () => output.progress });
  }
  return source;
}

function flushLink({ flushed, output }: Link): void {
  flushed?.flush?.();
  output.flush();
}

function stageOf(
  edge: ChainedEdge,
  links: ReadonlyMap<string, Link>,
  clock: ArrivalClock,
  environment: TaskEnvironment,
  stages: Map<string, Receiver>,
): Receiver {
  const key = `${edge.toNode}/${edge.inputIndex}`;
  const known = stages.get(key);
  if (known !== undefined) return known;
  const link = must(links.get(edge.toNode), `the chained operator ${edge.toNode}`);
  const alone = new OperatorStage(link.operator as Operator, link.stats, link.output, edge.inputIndex, null, clock, environment);
  const stage = fused(link, alone, environment);
  stages.set(key, stage);
  return stage;
}

/** The operator together with those behind it, as far as one function can serve them; `alone`, the operator by itself, if there are none. */
function fused(head: Link, alone: OperatorStage, environment: TaskEnvironment): Receiver {
  const [input, other] = head.deployment.inputs;
  if (input === undefined || other !== undefined) return alone;
  const links: Link[] = [];
  for (let link: Link | null = head; link !== null; link = link.next) links.push(link);
  const operators = fusable(links);
  return operators.length < 2 ? alone : new FusedStage(operators, alone, input.schema, environment);
}

function nextOf(
  { nodeId, outputs }: OperatorDeployment,
  vertex: JobVertex,
  links: ReadonlyMap<string, Link>,
  partitions: PartitionLookup,
): Link | null {
  const [edge, other] = vertex.chained.filter(({ fromNode }) => fromNode === nodeId);
  const leaves = Object.keys(outputs).some((port) => partitions(nodeId, port).length > 0);
  return edge === undefined || other !== undefined || edge.port !== 'out' || leaves ? null : (links.get(edge.toNode) ?? null);
}

function newOutput(
  deployment: OperatorDeployment,
  subtask: ExecutionSubtask,
  stats: OperatorStats,
  receivers: (port: string) => Receiver[],
  environment: TaskEnvironment,
): ChainOutput {
  const sides = new Map<string, { schema: Schema; receivers: Receiver[] }>();
  for (const [port, shape] of Object.entries(deployment.outputs)) {
    if (port === 'out') continue;
    const side = receivers(port);
    if (side.length > 0) sides.set(port, { schema: shape.schema, receivers: side });
  }
  const schema = deployment.outputs['out']?.schema ?? { fields: [] };
  return new ChainOutput(stats, schema, receivers('out'), sides, !environment.fused, (reason, position, record) =>
    recordFailure(deployment, subtask.index, {
      reason: `${reason} Change the function, or the declared output fields.`,
      position,
      content: record,
    }),
  );
}

function setupOf(
  deployment: OperatorDeployment,
  vertex: JobVertex,
  subtask: ExecutionSubtask,
  job: ChainJob,
  environment: TaskEnvironment,
): OperatorSetup {
  return {
    nodeId: deployment.nodeId,
    name: deployment.name,
    subtaskIndex: subtask.index,
    parallelism: vertex.parallelism,
    maxParallelism: deployment.maxParallelism,
    inputs: deployment.inputs,
    outputSchema: (port) => must(deployment.outputs[port], `output port ${port} of ${deployment.name}`).schema,
    sourceIndex: Math.max(0, subtask.sourceIndex),
    seed: (hashText(deployment.nodeId) ^ Math.imul(job.seed, 0x9e3779b1)) | 0,
    autoWatermarkIntervalMs: job.autoWatermarkIntervalMs,
    processingTime: job.clock,
    openInput: (dataId) => environment.openInput(dataId),
    fused: environment.fused,
  };
}

function contextOf(link: Link, subtask: ExecutionSubtask, environment: TaskEnvironment): OperatorContext {
  const { deployment, stats, output } = link;
  return {
    output,
    deliver: (batch) => {
      stats.recordsOut += batch.selectedCount;
      environment.deliver(deployment.nodeId, subtask.index, batch);
    },
    report: (kind, position, reason, content) => {
      environment.listProblem(deployment.nodeId, kind, stats.countProblem(kind), position, reason, content);
    },
    fail: (reason, position, content, cause, key) => recordFailure(deployment, subtask.index, { reason, position, content, cause, key }),
  };
}
