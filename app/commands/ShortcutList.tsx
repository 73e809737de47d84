import { Modal } from '@mantine/core';
import { closeDialog, useDialogs } from '../ui/dialogs-store.ts';
import { COMMANDS } from './all-commands.ts';
import { shownShortcut } from './CommandItems.tsx';
import { IS_MAC, formatShortcut } from './shortcuts.ts';

/** Keys of the canvas, which are not commands. */
const CANVAS_KEYS: readonly (readonly [string, string])[] = [
  ['Go along the stream', '← →'],
  ['Go between branches', '↑ ↓'],
  ['Select the operator; again: its settings', 'Enter'],
  ['Move the selected operators by 8', '← ↑ ↓ →'],
  ['Move them by 32', 'Shift ← ↑ ↓ →'],
  ['Connect the operator', 'C'],
  ['Select its connections, one after the other', 'E'],
  ['Deselect', 'Esc'],
  ['Select an area', 'Shift drag'],
  ['Search operators', 'Double-click'],
];

export function ShortcutList() {
  const open = useDialogs((state) => state.open === 'shortcuts');
  const groups = [...new Set(COMMANDS.map((command) => command.group))];
  return (
    <Modal opened={open} onClose={closeDialog} title="Keyboard shortcuts" size="xl" centered>
      <div className="mr-keys">
        {groups.map((group) => (
          <KeyTable
            key={group}
            title={group}
            rows={COMMANDS.filter((command) => command.group === group && shownShortcut(command) !== null).map(
              (command) => [command.label, shownShortcut(command) ?? ''] as const,
            )}
          />
        ))}
        <KeyTable title="On the canvas" rows={CANVAS_KEYS} />
        <KeyTable
          title="Everywhere"
          rows={[['Command palette', `${formatShortcut('mod+k', IS_MAC)} or ${formatShortcut('mod+shift+p', IS_MAC)}`]]}
        />
      </div>
    </Modal>
  );
}

function KeyTable({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {rows.map(([label, keys]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
