import { create } from 'zustand';

interface AnnouncerState {
  readonly text: string;
  /** Grows with each announcement, so that the same words twice are read twice. */
  readonly count: number;
}

export const useAnnouncement = create<AnnouncerState>()(() => ({ text: '', count: 0 }));

/** Says something to people who do not see the screen. For what they caused or must know; never for numbers that run. */
export function announce(text: string): void {
  useAnnouncement.setState((state) => ({ text, count: state.count + 1 }));
}
