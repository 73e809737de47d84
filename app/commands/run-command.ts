import { announce } from '../ui/announcer.ts';
import { tellError } from '../ui/messages.ts';
import { enabledOf } from './command.ts';
import type { Command } from './command.ts';

/** Runs a command, or says why it cannot be done now. */
export function runCommand(command: Command): void {
  const enabled = enabledOf(command);
  if (enabled !== true) {
    announce(enabled);
    return;
  }
  Promise.resolve(command.run()).catch((error: unknown) => tellError(`${command.label} did not work`, (error as Error).message));
}
