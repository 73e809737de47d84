import { kindOf, OBJ, STR, BOOL } from '../../batch/column.ts';
import type { FieldType, Row, Schema } from '../../batch/schema.ts';
import { fieldOf } from '../../batch/schema.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import { keyGroupOf } from '../../state/key-group.ts';
import { must } from '../../util/assert.ts';
import type { AggregatePlan } from '../../windows/aggregate-plan.ts';
import { FieldAggregates } from '../../windows/aggregates.ts';
import { TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import { IncrementalPanes } from '../../windows/incremental-panes.ts';
import { LateRecords } from '../../windows/late-records.ts';
import { PaneWindowOperator } from '../../windows/pane-window-operator.ts';
import { BooleanKeys } from '../../windows/panes/boolean-keys.ts';
import { NumberKeys } from '../../windows/panes/number-keys.ts';
import type { PaneKeys, SlotUsers } from '../../windows/panes/pane-keys.ts';
import { StringKeys } from '../../windows/panes/string-keys.ts';
import { EventTimeTrigger } from '../../windows/triggers/event-time-trigger.ts';
import { WindowOperator } from '../../windows/window-operator.ts';
import type { KeySelector } from '../definition.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { TumblingWindowConfig } from './definition.ts';
import { keyFields, WINDOW_END, WINDOW_START } from './definition.ts';

export function create(config: TumblingWindowConfig, setup: OperatorSetup): Operator {
  const input = must(setup.inputs[0], 'the input of a window');
  const selector = must(input.key, 'the key of the input of a window');
  const reader = new KeyReader(selector, input.schema);
  const aggregate = new FieldAggregates(config.aggregates, input.schema);
  const shared = {
    allowedLatenessMs: config.allowedLateness,
    lateRecords: new LateRecords(config.lateData, config.allowedLateness),
    outputSchema: setup.outputSchema('out'),
    keyOf: (record: Row) => reader.keyOfRecord(record),
    keyGroupOf: (key: unknown) => keyGroupOf(reader.hashOf(key as KeyValue), setup.maxParallelism),
  };
  if (setup.fused && isColumnar(reader, aggregate.plan, input.schema)) {
    return new PaneWindowOperator({
      ...shared,
      sizeMs: config.size,
      offsetMs: config.offset,
      plan: aggregate.plan,
      inputSchema: input.schema,
      keyColumnIndex: reader.columnIndex,
      newKeys: (users) => keysOf(reader.type as FieldType, users),
      uniqueName: `${setup.nodeId} ${setup.subtaskIndex}`,
    });
  }
  return new WindowOperator({
    ...shared,
    assigner: new TumblingWindows(config.size, config.offset),
    trigger: new EventTimeTrigger(),
    panes: new IncrementalPanes(aggregate, {
      process: (result, pane) => {
        const { key, window } = pane;
        pane.collect({ ...keyRecord(selector, input.schema, key), [WINDOW_START]: window.start, [WINDOW_END]: window.end, ...result });
      },
    }),
    processingTime: setup.processingTime,
  });
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

function keyRecord(selector: KeySelector, input: Schema, key: unknown): Row {
  const fields = keyFields(selector, input);
  const parts = selector.kind === 'fields' && fields.length > 1 ? (key as readonly unknown[]) : [key];
  return Object.fromEntries(fields.map((field, i) => [field.name, parts[i]]));
}
