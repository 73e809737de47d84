import { EMPTY_SCHEMA } from '../batch/schema.ts';
import { SessionWindows } from '../windows/assigners/session-windows.ts';
import { SlidingWindows } from '../windows/assigners/sliding-windows.ts';
import { TumblingWindows } from '../windows/assigners/tumbling-windows.ts';
import type { WindowAssigner } from '../windows/assigners/window-assigner.ts';
import { evictorOf, triggerOf } from '../windows/config/trigger-and-evictor.ts';
import type { CoWindowParts } from './co-window-operator.ts';
import type { JoinWindowConfig } from './join-windows.ts';

/** The windows of a configuration, and when they fire: at their end, unless another trigger was chosen. */
export function joinWindowParts(
  config: JoinWindowConfig,
): Pick<CoWindowParts, 'assigner' | 'trigger' | 'evictor' | 'allowedLatenessMs' | 'lateData'> {
  const assigner = assignerOf(config);
  return {
    assigner,
    // Those that can be chosen look at no record.
    trigger: triggerOf(config, EMPTY_SCHEMA, { assigner }),
    evictor: evictorOf(config, EMPTY_SCHEMA, { assigner }),
    allowedLatenessMs: config.allowedLateness,
    lateData: config.lateData,
  };
}

function assignerOf({ windows, size, slide, gap, offset, time }: JoinWindowConfig): WindowAssigner {
  if (windows === 'session') return new SessionWindows(() => gap, time);
  return windows === 'sliding' ? new SlidingWindows(size, slide, offset, time) : new TumblingWindows(size, offset, time);
}
