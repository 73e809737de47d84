import type { Row } from '../batch/schema.ts';
import type { Evictor, TimestampedRow } from './evictors/evictor.ts';
import type { PaneOutput } from './incremental-panes.ts';
import type { FiringPane, PaneFunction } from './pane-function.ts';
import { PanesWithOutput } from './panes-with-output.ts';

/** Panes that keep every element in order of arrival, for functions that see them all; an evictor may take some out around each firing. */
export class ListPanes extends PanesWithOutput<readonly Row[]> implements PaneFunction<TimestampedRow[]> {
  readonly #evictor: Evictor | null;

  constructor(output: PaneOutput<readonly Row[]>, evictor: Evictor | null = null) {
    super(output);
    this.#evictor = evictor;
  }

  add(elements: TimestampedRow[] | null, record: Row, timestamp: number): TimestampedRow[] {
    if (elements === null) return [[record, timestamp]];
    elements.push([record, timestamp]);
    return elements;
  }

  merge(into: TimestampedRow[], from: TimestampedRow[]): TimestampedRow[] {
    for (const element of from) into.push(element);
    return into;
  }

  fire(elements: TimestampedRow[], pane: FiringPane): TimestampedRow[] | null {
    const seen = this.#evictor === null ? elements : this.#evictor.evictBefore(elements, pane);
    this.output.process(
      seen.map(([record]) => record),
      pane,
    );
    if (this.#evictor === null) return elements;
    const kept = this.#evictor.evictAfter(seen, pane);
    return kept.length === 0 ? null : [...kept];
  }
}
