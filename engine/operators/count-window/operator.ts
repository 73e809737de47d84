import { GlobalWindows } from '../../windows/assigners/global-windows.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { CountEvictor } from '../../windows/evictors/count-evictor.ts';
import { CountTrigger } from '../../windows/triggers/count-trigger.ts';
import { PurgingTrigger } from '../../windows/triggers/purging-trigger.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CountWindowConfig } from './definition.ts';

/** As in Flink, both are global windows: end to end with a count trigger that purges, sliding with one that fires and an evictor that forgets. */
export function create(config: CountWindowConfig, setup: OperatorSetup): Operator {
  const assigner = new GlobalWindows();
  return config.slides
    ? createWindowOperator(config, setup, {
        assigner,
        trigger: new CountTrigger(config.slide),
        evictor: new CountEvictor(config.size, false),
      })
    : createWindowOperator(config, setup, { assigner, trigger: new PurgingTrigger(new CountTrigger(config.size)) });
}
