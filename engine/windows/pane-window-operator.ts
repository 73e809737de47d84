import { KernelWindowOperator } from './kernel-window-operator.ts';
import type { PaneKernelParts } from './pane-kernel.ts';
import { PaneKernel } from './pane-kernel.ts';

/** Runs a `PaneKernel`. */
export class PaneWindowOperator extends KernelWindowOperator<PaneKernel> {
  constructor(parts: PaneKernelParts) {
    super(parts.inputSchema, (context) => new PaneKernel(parts, context));
  }
}
