import type { Operator, OperatorSetup } from '../../operators/operator.ts';
import { KernelWindowOperator } from '../kernel-window-operator.ts';
import { SessionKernel } from '../sessions/session-kernel.ts';
import { columnarPartsOf } from './columnar-parts.ts';
import type { ColumnarSettings } from './columnar-parts.ts';

/** The columnar operator of sessions with a fixed gap, where it can do what is configured. */
export function createSessionOperator(config: ColumnarSettings, setup: OperatorSetup, gapMs: number): Operator | null {
  const parts = columnarPartsOf(config, setup);
  return parts === null ? null : new KernelWindowOperator(parts.inputSchema, (context) => new SessionKernel({ ...parts, gapMs }, context));
}
