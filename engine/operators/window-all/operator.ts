import { CumulatingWindows } from '../../windows/assigners/cumulating-windows.ts';
import { GlobalWindows } from '../../windows/assigners/global-windows.ts';
import { SessionWindows } from '../../windows/assigners/session-windows.ts';
import { SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import type { WindowAssigner } from '../../windows/assigners/window-assigner.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { WindowAllConfig } from './definition.ts';

export function create(config: WindowAllConfig, setup: OperatorSetup): Operator {
  return createWindowOperator(config, setup, { assigner: assignerOf(config), isAll: true });
}

function assignerOf({ windows, size, slide, offset, gap, time }: WindowAllConfig): WindowAssigner {
  switch (windows) {
    case 'sliding':
      return new SlidingWindows(size, slide, offset, time);
    case 'cumulating':
      return new CumulatingWindows(size, slide, offset, time);
    case 'session':
      return new SessionWindows(() => gap, time);
    case 'global':
      return new GlobalWindows();
    default:
      return new TumblingWindows(size, offset, time);
  }
}
