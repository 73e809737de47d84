import { KeyedProcessKernel } from '../../process/keyed-process-kernel.ts';
import { ProcessOperator } from '../../process/process-operator.ts';
import { KEYED_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import { speaksOfClock } from '../../state/user-states.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { KeyedProcessFunctionConfig } from './definition.ts';

export function create(config: KeyedProcessFunctionConfig, setup: OperatorSetup): Operator {
  // The clock has to rise between the records, so functions that follow it get them one by one.
  if (!setup.fused || speaksOfClock(config.code)) return new ProcessOperator(KEYED_PROCESS_FUNCTION, config, setup);
  return new KeyedProcessKernel(config, setup);
}
