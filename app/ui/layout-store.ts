import { create } from 'zustand';

export type LayoutPart = 'palette' | 'inspector' | 'panel';

interface LayoutState {
  readonly open: Readonly<Record<LayoutPart, boolean>>;
  setOpen(part: LayoutPart, open: boolean): void;
}

const KEY = 'millrace/layout';

/** Which panes are open. Kept in this browser. */
export const useLayout = create<LayoutState>()((set, get) => ({
  open: { palette: true, inspector: true, panel: true, ...stored() },
  setOpen(part, open) {
    if (get().open[part] === open) return;
    set({ open: { ...get().open, [part]: open } });
    localStorage.setItem(KEY, JSON.stringify(get().open));
  },
}));

export function togglePart(part: LayoutPart): void {
  const { open, setOpen } = useLayout.getState();
  setOpen(part, !open[part]);
}

function stored(): Partial<Record<LayoutPart, boolean>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Which pane was open is not worth a message.
    return {};
  }
}
