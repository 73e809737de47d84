/** One thing a person can do, wherever it is offered: menus, command palette, context menu, keyboard. */
export interface Command {
  /** kebab-case, stable. */
  readonly id: string;
  /** A verb first: "Duplicate". */
  readonly label: string;
  readonly group: CommandGroup;
  /** In the notation of `shortcuts.ts`, e.g. `mod+shift+z`. The first is shown. */
  readonly shortcuts?: readonly string[];
  /** Works while typing in a field, too. */
  readonly inFields?: boolean;
  /** More words it is found by. */
  readonly keywords?: string;
  /** True, or why it cannot be done now. Missing: always possible. */
  readonly enabled?: () => true | string;
  readonly run: () => void | Promise<void>;
}

export type CommandGroup = 'File' | 'Edit' | 'View' | 'Run' | 'Help';

export function enabledOf(command: Command): true | string {
  return command.enabled?.() ?? true;
}
