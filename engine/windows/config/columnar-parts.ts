import { BOOL, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { FieldType, Row, Schema } from '../../batch/schema.ts';
import { fieldOf } from '../../batch/schema.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import type { OperatorSetup } from '../../operators/operator.ts';
import { keyGroupOf } from '../../state/key-group.ts';
import { must } from '../../util/assert.ts';
import type { AggregatePlan } from '../aggregate-plan.ts';
import { planAggregates } from '../aggregate-plan.ts';
import type { KernelParts } from '../kernel-parts.ts';
import { LateRecords } from '../late-records.ts';
import { BooleanKeys } from '../panes/boolean-keys.ts';
import { NumberKeys } from '../panes/number-keys.ts';
import type { PaneKeys, SlotUsers } from '../panes/pane-keys.ts';
import { StringKeys } from '../panes/string-keys.ts';
import type { WindowSettings } from './create-window-operator.ts';

export interface ColumnarSettings extends WindowSettings {
  readonly time: 'event' | 'processing';
}

/** Null: the configuration needs the row path. */
export function columnarPartsOf(config: ColumnarSettings, setup: OperatorSetup): KernelParts | null {
  if (!setup.fused || !isPlain(config)) return null;
  const input = must(setup.inputs[0], 'the input of a window');
  const reader = new KeyReader(must(input.key, 'the key of the input of a window'), input.schema);
  const plan = planAggregates(config.aggregates, input.schema);
  if (!isColumnar(reader, plan, input.schema)) return null;
  const allowedLatenessMs = config.allowedLateness ?? 0;
  return {
    plan,
    allowedLatenessMs,
    lateRecords: new LateRecords(config.lateData ?? 'drop', allowedLatenessMs),
    inputSchema: input.schema,
    outputSchema: setup.outputSchema('out'),
    keyColumnIndex: reader.columnIndex,
    keyOf: (record: Row) => reader.keyOfRecord(record),
    keyGroupOf: (key: unknown) => keyGroupOf(reader.hashOf(key as KeyValue), setup.maxParallelism),
    newKeys: (users) => keysOf(reader.type as FieldType, users),
    uniqueName: `${setup.nodeId} ${setup.subtaskIndex}`,
  };
}

/** Aggregates, emitted at the end of windows of event time. */
function isPlain(config: ColumnarSettings): boolean {
  const isDefaultTrigger = config.trigger === 'default' || config.trigger === 'event-time';
  return config.time === 'event' && config.function === 'aggregates' && isDefaultTrigger && !config.purge && config.evictor === 'none';
}

/** A kernel can serve it: the key is a column that is no object, and all accumulators are numbers. */
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
