import type { Row } from '../batch/schema.ts';
import type { WindowAggregate } from './aggregates.ts';
import type { FiringPane, PaneFunction, PaneFunctionLifeCycle } from './pane-function.ts';
import { PanesWithOutput } from './panes-with-output.ts';

/** What becomes of a result or of the elements of a pane. */
export interface PaneOutput<R> extends PaneFunctionLifeCycle {
  process(result: R, pane: FiringPane): void;
  clear?(pane: FiringPane): void;
}

/** Panes that hold one accumulator: `reduce` and `aggregate`, also with a process function behind them that sees the result. */
export class IncrementalPanes<ACC, R> extends PanesWithOutput<R> implements PaneFunction<ACC> {
  readonly #aggregate: WindowAggregate<ACC, R>;

  constructor(aggregate: WindowAggregate<ACC, R>, output: PaneOutput<R>) {
    super(output);
    this.#aggregate = aggregate;
  }

  add(accumulator: ACC | null, record: Row): ACC {
    return this.#aggregate.add(record, accumulator ?? this.#aggregate.createAccumulator());
  }

  merge(into: ACC, from: ACC): ACC {
    return this.#aggregate.merge(into, from);
  }

  fire(accumulator: ACC, pane: FiringPane): ACC {
    this.output.process(this.#aggregate.getResult(accumulator), pane);
    return accumulator;
  }
}
