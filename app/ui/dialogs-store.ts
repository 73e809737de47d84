import { create } from 'zustand';

export type DialogName = 'shortcuts' | 'versions' | 'examples';

/** The one modal dialog that is open. */
export const useDialogs = create<{ readonly open: DialogName | null }>()(() => ({ open: null }));

export function openDialog(name: DialogName): void {
  useDialogs.setState({ open: name });
}

export function closeDialog(): void {
  useDialogs.setState({ open: null });
}
