import { createPortal } from 'react-dom';
import { useConnection } from 'reactflow';
import { overlays } from '../ui/overlays.ts';
import { toScreen } from './canvas-store.ts';
import { refusalOf } from './use-connecting.ts';

/** While a wire is held over a port that refuses it: why. */
export function ConnectionRefusal() {
  const connection = useConnection();
  if (!connection.inProgress || connection.isValid !== false || connection.toHandle === null) return null;
  const reason = refusalOf(connection);
  if (reason === null) return null;
  const at = toScreen(connection.pointer);
  return createPortal(
    <div className="mr-hint" data-tone="error" style={{ left: at.x + 14, top: at.y + 14 }}>
      {reason}
    </div>,
    overlays(),
  );
}
