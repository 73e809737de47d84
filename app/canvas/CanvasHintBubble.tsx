import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import { overlays } from '../ui/overlays.ts';
import { useCanvas } from './canvas-store.ts';

/** A short sentence where the eyes are. The same words are announced. */
export function CanvasHintBubble() {
  const hint = useCanvas((state) => state.hint);
  useEffect(() => {
    if (hint === null) return undefined;
    const dismiss = () => useCanvas.setState({ hint: null });
    window.addEventListener('pointerdown', dismiss, true);
    return () => window.removeEventListener('pointerdown', dismiss, true);
  }, [hint]);
  if (hint === null) return null;
  return createPortal(
    <div
      className="mr-hint"
      data-testid="canvas-hint"
      style={{ left: Math.min(hint.at.x + 14, window.innerWidth - 300), top: Math.min(hint.at.y + 14, window.innerHeight - 80) }}
    >
      {hint.text}
    </div>,
    overlays(),
  );
}
