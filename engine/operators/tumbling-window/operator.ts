import { kindOf, OBJ, STR, BOOL } from '../../batch/column.ts';
import type { FieldType, Row, Schema } from '../../batch/schema.ts';
import { fieldOf } from '../../batch/schema.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import { keyGroupOf } from '../../state/key-group.ts';
import { must } from '../../util/assert.ts';
import type { AggregatePlan } from '../../windows/aggregate-plan.ts';
import { planAggregates } from '../../windows/aggregate-plan.ts';
import { TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { LateRecords } from '../../windows/late-records.ts';
import { PaneWindowOperator } from '../../windows/pane-window-operator.ts';
import { BooleanKeys } from '../../windows/panes/boolean-keys.ts';
import { NumberKeys } from '../../windows/panes/number-keys.ts';
import type { PaneKeys, SlotUsers } from '../../windows/panes/pane-keys.ts';
import { StringKeys } from '../../windows/panes/string-keys.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { TumblingWindowConfig } from './definition.ts';

export function create(config: TumblingWindowConfig, setup: OperatorSetup): Operator {
  return (
    paneOperatorOf(config, setup) ??
    createWindowOperator(config, setup, { assigner: new TumblingWindows(config.size, config.offset, config.time) })
  );
}

/** The columnar operator, where it can do what is configured. */
function paneOperatorOf(config: TumblingWindowConfig, setup: OperatorSetup): Operator | null {
  if (!setup.fused || !isPlain(config)) return null;
  const input = must(setup.inputs[0], 'the input of a window');
  const reader = new KeyReader(must(input.key, 'the key of the input of a window'), input.schema);
  const plan = planAggregates(config.aggregates, input.schema);
  if (!isColumnar(reader, plan, input.schema)) return null;
  return new PaneWindowOperator({
    sizeMs: config.size,
    offsetMs: config.offset,
    plan,
    allowedLatenessMs: config.allowedLateness,
    lateRecords: new LateRecords(config.lateData, config.allowedLateness),
    inputSchema: input.schema,
    outputSchema: setup.outputSchema('out'),
    keyColumnIndex: reader.columnIndex,
    keyOf: (record: Row) => reader.keyOfRecord(record),
    keyGroupOf: (key: unknown) => keyGroupOf(reader.hashOf(key as KeyValue), setup.maxParallelism),
    newKeys: (users) => keysOf(reader.type as FieldType, users),
    uniqueName: `${setup.nodeId} ${setup.subtaskIndex}`,
  });
}

/** Aggregates, emitted at the end of windows of event time. */
function isPlain(config: TumblingWindowConfig): boolean {
  const isDefaultTrigger = config.trigger === 'default' || config.trigger === 'event-time';
  return config.time === 'event' && config.function === 'aggregates' && isDefaultTrigger && !config.purge && config.evictor === 'none';
}

/** The pane kernel can serve it: the key is a column that is no object, and all accumulators are numbers. */
function isColumnar(reader: KeyReader, plan: AggregatePlan, input: Schema): boolean {
  if (reader.columnIndex < 0 || kindOf(reader.type as FieldType) === OBJ) return false;
  return plan.cells.every((cell) => cell.kind === 'records' || fieldOf(input, cell.column)?.type !== 'string');
}

function keysOf(type: FieldType, users: SlotUsers): PaneKeys {
  switch (kindOf(type)) {
    case STR:
      return new StringKeys(users);
    case BOOL:
      return new BooleanKeys();
    default:
      return new NumberKeys(users);
  }
}
