import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { PickItem } from './PickList.tsx';
import { overlays } from './overlays.ts';
import { PickList } from './PickList.tsx';

interface FloatingListProps {
  /** Pixels of the window; the list stays inside it. */
  readonly at: { readonly x: number; readonly y: number };
  readonly label: string;
  readonly placeholder: string;
  readonly items: readonly PickItem[];
  readonly nothingFound: string;
  readonly onPick: (item: PickItem) => void;
  readonly onClose: () => void;
}

const MARGIN = 12;

/** A searchable list at a place of the window. Closes when one clicks elsewhere. */
export function FloatingList({ at, onClose, ...list }: FloatingListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);

  useLayoutEffect(() => {
    const { width = 0, height = 0 } = box.current?.getBoundingClientRect() ?? {};
    setPlace({
      x: Math.max(MARGIN, Math.min(at.x, window.innerWidth - width - MARGIN)),
      y: Math.max(MARGIN, Math.min(at.y, window.innerHeight - height - MARGIN)),
    });
  }, [at]);

  useEffect(() => {
    const onPointerDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    return () => window.removeEventListener('pointerdown', onPointerDown, true);
  }, [onClose]);

  return createPortal(
    <div ref={box} role="dialog" aria-label={list.label} className="mr-floating" style={{ left: place.x, top: place.y }}>
      <PickList {...list} onClose={onClose} />
    </div>,
    overlays(),
  );
}
