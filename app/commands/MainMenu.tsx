import { Menubar } from '@mantine/core';
import { useState } from 'react';
import { commandOf } from './all-commands.ts';
import { CommandItems } from './CommandItems.tsx';
import type { Command } from './command.ts';

const DIVIDER = null;

const MENUS: readonly { readonly title: string; readonly ids: readonly (string | null)[] }[] = [
  { title: 'File', ids: ['new-pipeline', 'open-example', 'import-document', DIVIDER, 'export-document', 'version-history'] },
  {
    title: 'Edit',
    ids: [
      'undo',
      'redo',
      DIVIDER,
      'cut',
      'copy',
      'paste',
      'duplicate',
      'delete',
      'select-all',
      DIVIDER,
      'add-operator',
      'connect',
      'arrange',
    ],
  },
  {
    title: 'View',
    ids: [
      'fit-view',
      'fit-selection',
      'zoom-in',
      'zoom-out',
      'zoom-100',
      DIVIDER,
      'toggle-palette',
      'toggle-inspector',
      'toggle-panel',
      'toggle-outline',
      'toggle-minimap',
      DIVIDER,
      'theme-light',
      'theme-dark',
      'theme-auto',
      DIVIDER,
      'shortcuts',
    ],
  },
];

const commandsOf = (ids: readonly (string | null)[]): readonly (Command | null)[] => ids.map((id) => (id === null ? null : commandOf(id)));

export function MainMenu() {
  // What is enabled is looked up when a menu opens.
  const [open, setOpen] = useState<number | null>(null);
  return (
    <Menubar aria-label="Main menu" openIndex={open} onOpenChange={setOpen}>
      {MENUS.map(({ title, ids }, index) => (
        <Menubar.Menu key={title} width={264}>
          <Menubar.Target>{title}</Menubar.Target>
          <Menubar.Dropdown>{open === index && <CommandItems commands={commandsOf(ids)} />}</Menubar.Dropdown>
        </Menubar.Menu>
      ))}
    </Menubar>
  );
}
