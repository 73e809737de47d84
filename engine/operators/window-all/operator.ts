import type { Schema } from '../../batch/schema.ts';
import { must } from '../../util/assert.ts';
import { CumulatingWindows } from '../../windows/assigners/cumulating-windows.ts';
import { GlobalWindows } from '../../windows/assigners/global-windows.ts';
import { SessionWindows } from '../../windows/assigners/session-windows.ts';
import { SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import type { WindowAssigner } from '../../windows/assigners/window-assigner.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { gapOf, UserAssigner } from '../../windows/config/user-assigner.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { WindowAllConfig } from './definition.ts';

export function create(config: WindowAllConfig, setup: OperatorSetup): Operator {
  const { schema } = must(setup.inputs[0], 'the input of a window');
  return createWindowOperator(config, setup, { assigner: assignerOf(config, schema), isAll: true });
}

function assignerOf(config: WindowAllConfig, schema: Schema): WindowAssigner {
  const { size, slide, offset, time } = config;
  switch (config.windows) {
    case 'sliding':
      return new SlidingWindows(size, slide, offset, time);
    case 'cumulating':
      return new CumulatingWindows(size, slide, offset, time);
    case 'session':
      return new SessionWindows(gapOf(config, schema), time);
    case 'custom':
      return new UserAssigner(config.assigner, schema, time, config.merging);
    case 'global':
      return new GlobalWindows();
    default:
      return new TumblingWindows(size, offset, time);
  }
}
