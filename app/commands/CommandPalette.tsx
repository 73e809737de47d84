import '@mantine/spotlight/styles.layer.css';
import { Spotlight } from '@mantine/spotlight';
import { useMemo, useState } from 'react';
import { paletteCommands } from './all-commands.ts';
import { enabledOf } from './command.ts';
import { shownShortcut } from './CommandItems.tsx';
import { runCommand } from './run-command.ts';

/** Everything one can do, found by typing. */
export function CommandPalette() {
  const [opened, setOpened] = useState(0);
  const actions = useMemo(
    () =>
      paletteCommands().map((command) => {
        const enabled = enabledOf(command);
        const keys = shownShortcut(command);
        return {
          id: command.id,
          label: command.label,
          group: command.id.startsWith('add-') ? 'Add' : command.group,
          keywords: [command.keywords ?? '', command.group],
          ...(enabled === true ? {} : { description: enabled, disabled: true }),
          ...(keys === null ? {} : { rightSection: <span className="mr-kbd">{keys}</span> }),
          // The palette gives the focus back first; what the command focuses must keep it.
          onClick: () => void setTimeout(() => runCommand(command), 50),
        };
      }),
    // What is enabled changes from one opening to the next.
    [opened],
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K', 'mod + shift + P']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      onSpotlightOpen={() => setOpened((count) => count + 1)}
      searchProps={{ placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
      nothingFound="No command is called that."
      highlightQuery={false}
      scrollable
      maxHeight={440}
      size={560}
      limit={40}
    />
  );
}
