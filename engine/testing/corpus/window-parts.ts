import type { Row } from '../../batch/schema.ts';
import { unreachable } from '../../util/assert.ts';
import { GlobalWindows } from '../../windows/assigners/global-windows.ts';
import { CumulatingWindows, isValidCumulating } from '../../windows/assigners/cumulating-windows.ts';
import { SessionWindows } from '../../windows/assigners/session-windows.ts';
import { isValidSliding, SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { isValidTumbling, TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import type { TimeDomain, WindowAssigner } from '../../windows/assigners/window-assigner.ts';
import { CountEvictor } from '../../windows/evictors/count-evictor.ts';
import { DeltaEvictor } from '../../windows/evictors/delta-evictor.ts';
import type { Evictor } from '../../windows/evictors/evictor.ts';
import { TimeEvictor } from '../../windows/evictors/time-evictor.ts';
import { IncrementalPanes } from '../../windows/incremental-panes.ts';
import { ListPanes } from '../../windows/list-panes.ts';
import type { FiringPane, PaneFunction } from '../../windows/pane-function.ts';
import type { TimeWindow } from '../../windows/time-window.ts';
import { ContinuousEventTimeTrigger } from '../../windows/triggers/continuous-event-time-trigger.ts';
import { ContinuousProcessingTimeTrigger } from '../../windows/triggers/continuous-processing-time-trigger.ts';
import { CountTrigger } from '../../windows/triggers/count-trigger.ts';
import type { DeltaFunction } from '../../windows/triggers/delta-trigger.ts';
import { DeltaTrigger } from '../../windows/triggers/delta-trigger.ts';
import { EndOfStreamTrigger } from '../../windows/triggers/end-of-stream-trigger.ts';
import { EventTimeTrigger } from '../../windows/triggers/event-time-trigger.ts';
import { NeverTrigger } from '../../windows/triggers/never-trigger.ts';
import { ProcessingTimeTrigger } from '../../windows/triggers/processing-time-trigger.ts';
import { PurgingTrigger } from '../../windows/triggers/purging-trigger.ts';
import type { Trigger, TriggerContext, TriggerResult } from '../../windows/triggers/trigger.ts';
import { FIRE } from '../../windows/triggers/trigger.ts';
import { only } from './known-fields.ts';
import type { Json, OperatorDescription } from './vector.ts';

/** The parts of window operators as the corpus describes them. */

const ASSIGNER_FIELDS = ['type', 'time', 'sizeMs', 'slideMs', 'offsetMs', 'stepMs', 'maxSizeMs', 'gapMs', 'gap', 'pointWhen'];

export function assignerOf(description: Json, time: TimeDomain): WindowAssigner {
  only(description, ASSIGNER_FIELDS, 'the assigner');
  const ms = (name: string): number => Number(description[name] ?? 0);
  switch (description['type']) {
    case 'tumbling':
    case 'tumble':
      return new TumblingWindows(ms('sizeMs'), ms('offsetMs'), time);
    case 'sliding':
    case 'hop':
      return new SlidingWindows(ms('sizeMs'), ms('slideMs'), ms('offsetMs'), time);
    case 'cumulate':
      return new CumulatingWindows(ms('maxSizeMs'), ms('stepMs'), ms('offsetMs'), time);
    case 'session':
      return new SessionWindows(() => ms('gapMs'), time);
    case 'dynamicSession':
      return new SessionWindows((record) => gapOf(record, casesOf(description)), time);
    case 'pointSession':
      return new PointSessionWindows(ms('gapMs'), description['pointWhen'] as { field: string; equals: unknown }, time);
    case 'global':
      return new GlobalWindows();
    default:
      throw new Error(`the adapter does not know the assigner ${String(description['type'])}`);
  }
}

export function isValidAssigner(description: Json): boolean {
  const ms = (name: string): number => Number(description[name] ?? 0);
  switch (description['type']) {
    case 'tumbling':
    case 'tumble':
      return isValidTumbling(ms('sizeMs'), ms('offsetMs'));
    case 'sliding':
    case 'hop':
      return isValidSliding(ms('sizeMs'), ms('slideMs'), ms('offsetMs'));
    case 'cumulate':
      return isValidCumulating(ms('maxSizeMs'), ms('stepMs'), ms('offsetMs'));
    case 'session':
    case 'pointSession':
      return ms('gapMs') > 0;
    case 'dynamicSession':
      return casesOf(description).every(({ gapMs }) => Number(gapMs) > 0);
    case 'global':
      return true;
    default:
      throw new Error(`the adapter does not know the assigner ${String(description['type'])}`);
  }
}

function casesOf(description: Json): readonly Json[] {
  return (description['gap'] as Json)['cases'] as readonly Json[];
}

/** A case without `when` is for every record. */
function gapOf(record: Row, cases: readonly Json[]): number {
  const match = cases.find(({ when = {} }) => Object.entries(when as Json).every(([field, value]) => record[field] === value));
  if (match === undefined) throw new Error(`no case of the session gap is for ${JSON.stringify(record)}`);
  return Number(match['gapMs']);
}

/** A user-written assigner: records that match get an empty window, which merges with whatever it touches. */
class PointSessionWindows implements WindowAssigner {
  readonly isEventTime: boolean;
  readonly readsProcessingTime: boolean;
  readonly isMerging = true;
  readonly #gapMs: number;
  readonly #pointWhen: { readonly field: string; readonly equals: unknown };

  constructor(gapMs: number, pointWhen: { readonly field: string; readonly equals: unknown }, time: TimeDomain) {
    this.#gapMs = gapMs;
    this.#pointWhen = pointWhen;
    this.isEventTime = time === 'event';
    this.readsProcessingTime = time === 'processing';
  }

  assignWindows(record: Row, timestamp: number, processingTime: number): readonly TimeWindow[] {
    const start = this.isEventTime ? timestamp : processingTime;
    return [{ start, end: record[this.#pointWhen.field] === this.#pointWhen.equals ? start : start + this.#gapMs }];
  }
}

export function defaultTriggerOf(assigner: WindowAssigner): Trigger {
  if (assigner.isEventTime) return new EventTimeTrigger();
  return assigner.readsProcessingTime ? new ProcessingTimeTrigger() : new NeverTrigger();
}

export function triggerOf(description: Json): Trigger {
  only(description, ['type', 'n', 'intervalMs', 'threshold', 'delta', 'of'], 'the trigger');
  switch (description['type']) {
    case 'eventTime':
      return new EventTimeTrigger();
    case 'processingTime':
      return new ProcessingTimeTrigger();
    case 'count':
      return new CountTrigger(Number(description['n']));
    case 'continuousEventTime':
      return new ContinuousEventTimeTrigger(Number(description['intervalMs']));
    case 'continuousProcessingTime':
      return new ContinuousProcessingTimeTrigger(Number(description['intervalMs']));
    case 'delta':
      return new DeltaTrigger(Number(description['threshold']), deltaOf(String(description['delta'])));
    case 'purging':
      return new PurgingTrigger(triggerOf(description['of'] as Json));
    case 'endOfStream':
      return new EndOfStreamTrigger();
    case 'everyElementAndEventTime':
      return new EveryElementTrigger();
    default:
      throw new Error(`the adapter does not know the trigger ${String(description['type'])}`);
  }
}

/** A user-written trigger: every element fires, and so does the end of the window. */
class EveryElementTrigger extends EventTimeTrigger {
  override onElement(record: Row, timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    super.onElement(record, timestamp, window, context);
    return FIRE;
  }
}

/** `new.v - old.v`: a difference of fields of two records. */
function deltaOf(text: string): DeltaFunction {
  const match = /^\s*(new|old)\.(\w+)\s*([-+])\s*(new|old)\.(\w+)\s*$/.exec(text);
  if (match === null) throw new Error(`the adapter does not know the delta ${text}`);
  const [, left, leftField, operator, right, rightField] = match as unknown as readonly string[];
  return (earlier, record) => {
    const valueOf = (which: string | undefined, field: string | undefined): number =>
      Number((which === 'new' ? record : earlier)[field ?? '']);
    const a = valueOf(left, leftField);
    const b = valueOf(right, rightField);
    return operator === '-' ? a - b : a + b;
  };
}

export function evictorOf(description: Json | null | undefined): Evictor | null {
  if (description === null || description === undefined) return null;
  only(description, ['type', 'n', 'ms', 'threshold', 'delta', 'evictAfter'], 'the evictor');
  const after = description['evictAfter'] === true;
  switch (description['type']) {
    case 'count':
      return new CountEvictor(Number(description['n']), after);
    case 'time':
      return new TimeEvictor(Number(description['ms']), after);
    case 'delta':
      return new DeltaEvictor(Number(description['threshold']), deltaOf(String(description['delta'])), after);
    default:
      throw new Error(`the adapter does not know the evictor ${String(description['type'])}`);
  }
}

const EMITTED = ['key', 'sum', 'start', 'end', 'element'];

type Aggregation = 'sum' | 'each' | 'none';

/** The window function: `reduce` keeps a sum, `apply` a list of elements. */
export function panesFor(operator: OperatorDescription, evictor: Evictor | null): PaneFunction<number> | ListPanes {
  const { type, agg, field } = operator['function'] as { readonly type: string; readonly agg: Aggregation; readonly field?: string };
  const emit = (operator['emit'] ?? []) as readonly string[];
  const unknown = emit.filter((name) => !EMITTED.includes(name));
  if (unknown.length > 0) throw new Error(`the adapter does not know how to emit ${unknown.join(', ')}`);
  const numberOf = (record: Row): number => Number(record[field ?? '']);
  const emitSum = (sum: number, pane: FiringPane): void => pane.collect(resultOf(emit, sum, pane));
  if (type === 'reduce' && evictor === null && agg === 'sum') {
    const add = (record: Row, sum: number): number => sum + numberOf(record);
    return new IncrementalPanes(
      { createAccumulator: () => 0, add, merge: (a: number, b: number) => a + b, getResult: (sum: number) => sum },
      { process: emitSum },
    );
  }
  const process = (elements: readonly Row[], pane: FiringPane): void => {
    if (agg === 'sum')
      emitSum(
        elements.reduce((sum, record) => sum + numberOf(record), 0),
        pane,
      );
    else if (agg === 'each') for (const element of elements) pane.collect(element);
    else if (agg !== 'none') unreachable(agg);
  };
  return new ListPanes({ process }, evictor);
}

function resultOf(emit: readonly string[], sum: number, { key, window }: FiringPane): Row {
  const values: Row = { key, sum, start: window.start, end: window.end };
  return Object.fromEntries(emit.map((name) => [name, values[name]]));
}
