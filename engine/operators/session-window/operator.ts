import type { Row } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import { must } from '../../util/assert.ts';
import { SessionWindows } from '../../windows/assigners/session-windows.ts';
import { createSessionOperator } from '../../windows/config/create-session-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { callUser, UserCodeError } from '../../windows/user-code-error.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { SessionWindowConfig } from './definition.ts';

export function create(config: SessionWindowConfig, setup: OperatorSetup): Operator {
  const columnar = config.gapKind === 'fixed' ? createSessionOperator(config, setup, config.gap) : null;
  return columnar ?? createWindowOperator(config, setup, { assigner: new SessionWindows(gapOf(config, setup), config.time) });
}

function gapOf(config: SessionWindowConfig, setup: OperatorSetup): (record: Row) => number {
  if (config.gapKind === 'fixed') return () => config.gap;
  const { schema } = must(setup.inputs[0], 'the input of a window');
  const gap = compileFunction(parsedFunction(config.gapFunction));
  return (record) => {
    const gapMs = callUser('The gap function', () => gap(copyOfRecord(schema, record)));
    if (typeof gapMs === 'number' && gapMs > 0) return gapMs;
    throw new UserCodeError(`The gap function returned ${JSON.stringify(gapMs)}; it must return a number of milliseconds greater than 0.`);
  };
}
