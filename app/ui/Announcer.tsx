import { useAnnouncement } from './announcer.ts';

export function Announcer() {
  const { text, count } = useAnnouncement();
  return (
    <div className="mr-visually-hidden" role="status" aria-live="polite" aria-atomic="true" data-testid="announcer">
      {/* A trailing space that comes and goes makes a repeated text a changed one. */}
      {text + (count % 2 === 0 ? '' : '\u00a0')}
    </div>
  );
}
