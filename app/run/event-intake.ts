import type { EngineEvent, ListedProblem, MetricsEvent, PipelineDocument, RowsEvent, StatusEvent } from '../../engine/api/index.ts';
import { ResultTable } from './result-table.ts';
import type { ResultView, RunFacts } from './run-state.ts';
import { NOTHING_RAN } from './run-state.ts';
import { SteadyRates } from './steady-rates.ts';

/** Problems kept for the list; the engine caps them per operator and kind, this caps a job with very many operators. */
const MAX_PROBLEMS = 20_000;

type Changes = { -readonly [K in keyof RunFacts]?: RunFacts[K] };

/**
 * Collects the engine's events between frames. Rows go straight into their table (they are columnar already); of status and
 * metrics only the newest counts. One job's facts at a time: once a new job was adopted, what still comes from the old one is ignored.
 */
export class EventIntake {
  #jobId: string | null = null;
  #awaitingJob = false;
  #awaitedDocument: PipelineDocument | null = null;
  #isNewJob = false;
  #status: StatusEvent | null = null;
  #metrics: MetricsEvent | null = null;
  readonly #rates = new SteadyRates();
  #problems: ListedProblem[] = [];
  readonly #tables = new Map<string, ResultTable>();
  readonly #changedTables = new Set<string>();

  /** A start was asked for: the first event of another job than the present one replaces the present one's facts. */
  expectNewJob(document: PipelineDocument): void {
    this.#awaitingJob = true;
    this.#awaitedDocument = document;
  }

  /** The start was refused: the present job (if there is one) goes on being shown. */
  keepPresentJob(): void {
    this.#awaitingJob = false;
  }

  adopt(jobId: string): void {
    this.#awaitingJob = false;
    if (this.#jobId === jobId) return;
    this.forget();
    this.#jobId = jobId;
    this.#isNewJob = true;
  }

  /** Drops everything of the present job; what still comes from it is ignored. */
  forget(): void {
    this.#jobId = null;
    this.#isNewJob = false;
    this.#status = null;
    this.#metrics = null;
    this.#rates.forget();
    this.#problems = [];
    this.#tables.clear();
    this.#changedTables.clear();
  }

  add(event: EngineEvent): void {
    if (this.#awaitingJob && event.jobId !== this.#jobId) this.adopt(event.jobId);
    if (event.jobId !== this.#jobId) return;
    if (event.type === 'status') this.#addStatus(event);
    else if (event.type === 'metrics') this.#metrics = this.#rates.steady(event);
    else if (event.type === 'problems') this.#problems.push(...event.problems);
    else this.#addRows(event);
  }

  /** What changed since the last call. */
  take(state: RunFacts): Partial<RunFacts> {
    const changes: Changes = this.#isNewJob ? this.#freshFacts(state) : {};
    this.#isNewJob = false;
    this.#takeStatus(changes);
    this.#takeMetrics(changes);
    if (this.#problems.length > 0) {
      changes.problems = [...(changes.problems ?? state.problems), ...this.#problems].slice(0, MAX_PROBLEMS);
      this.#problems = [];
    }
    if (this.#changedTables.size > 0) changes.results = { ...(changes.results ?? state.results), ...this.#takeViews() };
    return changes;
  }

  #freshFacts(state: RunFacts): Changes {
    return { ...NOTHING_RAN, speed: state.speed, jobId: this.#jobId, status: 'RUNNING', startedDocument: this.#awaitedDocument };
  }

  #addStatus(event: StatusEvent): void {
    this.#status = event;
    if (event.paused) this.#rates.forget();
  }

  #takeStatus(changes: Changes): void {
    const event = this.#status;
    // While a new job is awaited, the end of the old one is no news: "starting" stays until it is known how that went.
    if (event === null || this.#awaitingJob) return;
    this.#status = null;
    changes.status = event.status;
    changes.paused = event.paused;
    changes.error = event.error;
    changes.summary = event.summary;
    if (event.summary !== null) changes.elapsedMs = event.summary.elapsedMs;
  }

  #takeMetrics(changes: Changes): void {
    const event = this.#metrics;
    if (event === null) return;
    this.#metrics = null;
    if (changes.summary === undefined || changes.summary === null) changes.elapsedMs = event.elapsedMs;
    changes.progress = event.progress;
    changes.nodeMetrics = Object.fromEntries(event.nodes.map((node) => [node.nodeId, node]));
    changes.edgeMetrics = Object.fromEntries(event.edges.map((edge) => [edge.edgeId, edge]));
  }

  #addRows(event: RowsEvent): void {
    let table = this.#tables.get(event.nodeId);
    if (table === undefined) {
      table = new ResultTable(event.schema);
      this.#tables.set(event.nodeId, table);
    }
    table.append(event);
    this.#changedTables.add(event.nodeId);
  }

  #takeViews(): Record<string, ResultView> {
    const views: Record<string, ResultView> = {};
    for (const nodeId of this.#changedTables) {
      const table = this.#tables.get(nodeId);
      if (table !== undefined) views[nodeId] = { nodeId, schema: table.schema, table, firstRow: table.firstRow, endRow: table.endRow };
    }
    this.#changedTables.clear();
    return views;
  }
}
