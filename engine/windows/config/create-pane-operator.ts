import type { Operator, OperatorSetup } from '../../operators/operator.ts';
import { PaneWindowOperator } from '../pane-window-operator.ts';
import type { PaneWindows } from '../panes/pane-windows.ts';
import { columnarPartsOf } from './columnar-parts.ts';
import type { ColumnarSettings } from './columnar-parts.ts';

/**
 * With more windows per record, panes of all keys would hold mostly nothing: the row path takes only the room of what there is.
 */
export const MAX_PANES_OF_RECORD = 256;

/** The columnar operator of a configuration, where it can do what is configured. */
export function createPaneOperator(config: ColumnarSettings, setup: OperatorSetup, windows: PaneWindows): Operator | null {
  const parts = columnarPartsOf(config, setup);
  return parts === null ? null : new PaneWindowOperator({ ...parts, windows });
}
