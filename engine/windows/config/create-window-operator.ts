import type { Row, Schema } from '../../batch/schema.ts';
import { conformRecord, copyOfRecord } from '../../functions/conform-record.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import type { Operator, OperatorSetup } from '../../operators/operator.ts';
import { keyGroupOf } from '../../state/key-group.ts';
import { speaksOfClock } from '../../state/user-states.ts';
import { must } from '../../util/assert.ts';
import { FieldAggregates } from '../aggregates.ts';
import type { WindowAggregate } from '../aggregates.ts';
import type { Evictor } from '../evictors/evictor.ts';
import type { PaneOutput } from '../incremental-panes.ts';
import { IncrementalPanes } from '../incremental-panes.ts';
import type { LateDataHandling } from '../late-records.ts';
import { LateRecords } from '../late-records.ts';
import { ListPanes } from '../list-panes.ts';
import type { FiringPane, PaneFunction, PaneFunctionLifeCycle } from '../pane-function.ts';
import { callUser } from '../user-code-error.ts';
import { WindowOperator } from '../window-operator.ts';
import { evictorOf, triggerOf } from './trigger-and-evictor.ts';
import type { TriggeredWindows } from './trigger-and-evictor.ts';
import { UserAggregate, UserProcess, UserReduce } from './user-parts.ts';
import type { EvictorConfig, TriggerConfig, WindowFunctionConfig } from './window-fields.ts';
import { sideOutputsOf } from './window-side-outputs.ts';
import { keyFields, WINDOW_END, WINDOW_START } from './window-shapes.ts';

export interface WindowSettings extends WindowFunctionConfig, Partial<TriggerConfig>, Partial<EvictorConfig> {
  readonly allowedLateness?: number;
  readonly lateData?: LateDataHandling;
}

export interface WindowKind extends TriggeredWindows {
  /** One window over all keys. */
  readonly isAll?: boolean;
}

/** The window operator of a configuration: the row path, for whatever has no columnar kernel. */
export function createWindowOperator(config: WindowSettings, setup: OperatorSetup, kind: WindowKind): Operator {
  const input = must(setup.inputs[0], 'the input of a window');
  const key = kind.isAll === true ? null : must(input.key, 'the key of the input of a window');
  const reader = key === null ? null : new KeyReader(key, input.schema);
  const allowedLatenessMs = kind.assigner.isEventTime ? (config.allowedLateness ?? 0) : 0;
  const keyNames = keyFields(key, input.schema).map((field) => field.name);
  const keyRecord = (value: unknown): Row => {
    const [only] = keyNames;
    if (keyNames.length === 1 && only !== undefined) return { [only]: value };
    return Object.fromEntries(keyNames.map((name, i) => [name, (value as readonly unknown[])[i]]));
  };
  return new WindowOperator<unknown>({
    assigner: kind.assigner,
    trigger: triggerOf(config, input.schema, kind),
    panes: panesOf(config, setup, kind, keyRecord),
    allowedLatenessMs,
    lateRecords: new LateRecords(config.lateData ?? 'drop', allowedLatenessMs),
    hasKeys: reader !== null,
    keyOf: (record) => (reader === null ? ALL_KEY : reader.keyOfRecord(record)),
    keyGroupOf: (value) => keyGroupOf(reader === null ? 0 : reader.hashOf(value as KeyValue), setup.maxParallelism),
    outputSchema: setup.outputSchema('out'),
    processingTime: setup.processingTime,
    // A process function may ask for the time, or have state that expires.
    followsProcessingTime: config.function !== 'aggregates' && speaksOfClock(config.processor),
  });
}

/** The key of all records where there is none (Flink: `NullByteKeySelector`). */
const ALL_KEY = 0;

function panesOf(config: WindowSettings, setup: OperatorSetup, kind: WindowKind, keyRecord: (key: unknown) => Row): PaneFunction<unknown> {
  const { schema } = must(setup.inputs[0], 'the input of a window');
  const outputSchema = setup.outputSchema('out');
  const evictor = evictorOf(config, schema, kind);
  const hasProcessor = config.function !== 'aggregates' && config.processor.trim() !== '';
  const processor = hasProcessor
    ? new UserProcess(config.processor, outputSchema, sideOutputsOf(config, setup), { place: setup, hasKey: kind.isAll !== true })
    : null;
  const hasBounds = kind.assigner.isEventTime || kind.assigner.readsProcessingTime;
  const boundsOf = ({ window }: FiringPane): Row => (hasBounds ? { [WINDOW_START]: window.start, [WINDOW_END]: window.end } : {});
  switch (config.function) {
    case 'aggregates':
      return panesWith(new FieldAggregates(config.aggregates, schema), evictor, false, {
        process: (result, pane) => pane.collect({ ...keyRecord(pane.key), ...boundsOf(pane), ...result }),
      });
    case 'reduce':
      return panesWith(
        new UserReduce(config.reducer, schema),
        evictor,
        false,
        ofOne(processor) ?? { process: (result: Row, pane) => pane.collect(result) },
      );
    case 'aggregate': {
      const collect = (result: unknown, pane: FiringPane): void =>
        pane.collect(callUser("The aggregate function's result", () => conformRecord(outputSchema, result)));
      return panesWith(new UserAggregate(config.aggregator, schema), evictor, true, ofOne(processor) ?? { process: collect });
    }
    default:
      return new ListPanes(copying(must(processor, 'a process function'), schema), evictor);
  }
}

/** User code may keep and change what it gets. */
function copying(processor: UserProcess, schema: Schema): PaneOutput<readonly Row[]> {
  return {
    ...lifeCycleOf(processor),
    process: (elements, pane) =>
      processor.process(
        elements.map((record) => copyOfRecord(schema, record)),
        pane,
      ),
    clear: (pane) => processor.clear(pane),
  };
}

function lifeCycleOf(output: PaneFunctionLifeCycle): PaneFunctionLifeCycle {
  return {
    open: (keyStates) => output.open?.(keyStates),
    close: () => output.close?.(),
    userCounters: () => output.userCounters?.() ?? new Map<string, number>(),
  };
}

/** A process function behind an aggregation sees its one result. */
function ofOne(processor: UserProcess | null): PaneOutput<unknown> | null {
  if (processor === null) return null;
  return {
    ...lifeCycleOf(processor),
    process: (result, pane) => processor.process([result], pane),
    clear: (pane) => processor.clear(pane),
  };
}

/**
 * With an evictor everything is kept, and aggregated anew for every firing, as in Flink.
 *
 * @param isOfNothing Whether there is a result when the evictor has left nothing. Flink's aggregate functions have one; its `reduce` then emits null, which is no
 * record, so here it emits nothing.
 */
function panesWith<ACC, R>(
  aggregate: WindowAggregate<ACC, R>,
  evictor: Evictor | null,
  isOfNothing: boolean,
  output: PaneOutput<R>,
): PaneFunction<unknown> {
  if (evictor === null) return new IncrementalPanes(aggregate, output);
  const process = (elements: readonly Row[], pane: FiringPane): void => {
    if (elements.length === 0 && !isOfNothing) return;
    const accumulator = elements.reduce((sum: ACC, record) => aggregate.add(record, sum), aggregate.createAccumulator());
    output.process(aggregate.getResult(accumulator), pane);
  };
  const clear = (pane: FiringPane): void => output.clear?.(pane);
  return new ListPanes({ ...lifeCycleOf(output), process, clear }, evictor);
}
