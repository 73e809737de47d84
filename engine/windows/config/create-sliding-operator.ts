import type { Operator, OperatorSetup } from '../../operators/operator.ts';
import type { SlidingWindows } from '../assigners/sliding-windows.ts';
import { KernelWindowOperator } from '../kernel-window-operator.ts';
import { SlidingKernel } from '../sliding/sliding-kernel.ts';
import { columnarPartsOf } from './columnar-parts.ts';
import type { ColumnarSettings } from './columnar-parts.ts';
import { createPaneOperator, MAX_PANES_OF_RECORD } from './create-pane-operator.ts';

export interface SlidingSettings extends ColumnarSettings {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
}

/** The columnar operator of sliding windows, where it can do what is configured. */
export function createSlidingOperator(config: SlidingSettings, setup: OperatorSetup, windows: SlidingWindows): Operator | null {
  const { size: sizeMs, slide: slideMs, offset: offsetMs } = config;
  const span = sizeMs / slideMs;
  if (span > MAX_PANES_OF_RECORD) return null;
  if (!Number.isInteger(span) || span < 2 || (config.allowedLateness ?? 0) > 0) return createPaneOperator(config, setup, windows);
  const parts = columnarPartsOf(config, setup);
  if (parts === null) return null;
  const kernelParts = { ...parts, windows, sizeMs, slideMs, offsetMs };
  return new KernelWindowOperator(parts.inputSchema, (context) => new SlidingKernel(kernelParts, context));
}
