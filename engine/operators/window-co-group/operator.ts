import type { Row, Schema } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { conformRecord, copyOfRecord } from '../../functions/conform-record.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import type { CoFunction } from '../../joins/co-window-operator.ts';
import { CoWindowOperator } from '../../joins/co-window-operator.ts';
import { JoinKeys } from '../../joins/join-keys.ts';
import { joinWindowParts } from '../../joins/join-window-parts.ts';
import { must } from '../../util/assert.ts';
import { callUser } from '../../windows/user-code-error.ts';
import { keyFields, WINDOW_END, WINDOW_START } from '../../windows/config/window-shapes.ts';
import type { StreamShape } from '../definition.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { WindowCoGroupConfig } from './definition.ts';
import { LEFT_LIST, RIGHT_LIST } from './definition.ts';

/** What the user writes. */
type GroupFunction = (left: readonly Row[], right: readonly Row[], window: unknown) => unknown;

export function create(config: WindowCoGroupConfig, setup: OperatorSetup): Operator {
  const [left, right] = [must(setup.inputs[0], 'the left input'), must(setup.inputs[1], 'the right input')];
  const keys = new JoinKeys(setup.inputs, setup.maxParallelism);
  return new CoWindowOperator({
    ...joinWindowParts(config),
    emit: config.group.trim() === '' ? bothLists(left) : userGroups(config.group, left.schema, right.schema, setup.outputSchema('out')),
    keyOf: (record, input) => keys.keyOf(record, input),
    keyGroupOf: (key) => keys.keyGroupOf(key as KeyValue),
    processingTime: setup.processingTime,
  });
}

function bothLists({ key: selector, schema }: StreamShape): CoFunction {
  const fields = keyFields(selector, schema);
  const isComposite = selector?.kind === 'fields' && fields.length > 1;
  return ({ left, right }, pane) => {
    const parts = isComposite ? (pane.key as readonly unknown[]) : [pane.key];
    pane.collect({
      ...Object.fromEntries(fields.map(({ name }, i) => [name, parts[i]])),
      [WINDOW_START]: pane.window.start,
      [WINDOW_END]: pane.window.end,
      // The window may live on; what is emitted must not change with it.
      [LEFT_LIST]: left.map((record) => ({ ...record })),
      [RIGHT_LIST]: right.map((record) => ({ ...record })),
    });
  };
}

function userGroups(source: string, leftSchema: Schema, rightSchema: Schema, output: Schema): CoFunction {
  const group = compileFunction(parsedFunction(source)) as unknown as GroupFunction;
  return ({ left, right }, pane) => {
    const { start, end } = pane.window;
    const records = callUser('The function', (): Row[] => {
      const result = group(
        left.map((record) => copyOfRecord(leftSchema, record)),
        right.map((record) => copyOfRecord(rightSchema, record)),
        { key: pane.key, start, end },
      );
      if (result === null || result === undefined) return [];
      return (Array.isArray(result) ? (result as unknown[]) : [result]).map((record) => conformRecord(output, record));
    });
    for (const record of records) pane.collect(record);
  };
}
