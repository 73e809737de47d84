import { Menu } from '@mantine/core';
import { enabledOf } from './command.ts';
import type { Command } from './command.ts';
import { runCommand } from './run-command.ts';
import { IS_MAC, formatShortcut } from './shortcuts.ts';

/** Keys that work through the browser's clipboard events and are no shortcuts of ours. */
const CLIPBOARD_KEYS: Readonly<Record<string, string>> = { copy: 'mod+c', cut: 'mod+x', paste: 'mod+v' };

export function shownShortcut(command: Command): string | null {
  const text = command.shortcuts?.[0] ?? CLIPBOARD_KEYS[command.id];
  return text === undefined ? null : formatShortcut(text, IS_MAC);
}

/** Commands as entries of a menu; null is a divider. */
export function CommandItems({ commands }: { readonly commands: readonly (Command | null)[] }) {
  return commands.map((command, index) => {
    if (command === null) return <Menu.Divider key={`divider ${index}`} />;
    const enabled = enabledOf(command);
    const keys = shownShortcut(command);
    return (
      <Menu.Item
        key={command.id}
        disabled={enabled !== true}
        title={enabled === true ? undefined : enabled}
        rightSection={keys === null ? null : <span className="mr-kbd">{keys}</span>}
        // After the menu gave the focus back: what a command focuses must keep it.
        onClick={() => setTimeout(() => runCommand(command))}
      >
        {command.label}
      </Menu.Item>
    );
  });
}
