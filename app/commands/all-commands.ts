import type { Command } from './command.ts';
import { EDIT_COMMANDS, insertCommands } from './edit-commands.ts';
import { FILE_COMMANDS } from './file-commands.ts';
import { RUN_COMMANDS } from './run-commands.ts';
import { HELP_COMMANDS, VIEW_COMMANDS } from './view-commands.ts';

/** Everything with a place in menus and a key. */
export const COMMANDS: readonly Command[] = [...FILE_COMMANDS, ...EDIT_COMMANDS, ...VIEW_COMMANDS, ...RUN_COMMANDS, ...HELP_COMMANDS];

/** What the command palette finds: all of it, and each operator to add. */
export function paletteCommands(): readonly Command[] {
  return [...COMMANDS, ...insertCommands()];
}

export function commandOf(id: string): Command {
  const command = COMMANDS.find((other) => other.id === id);
  if (command === undefined) throw new Error(`There is no command "${id}".`);
  return command;
}
