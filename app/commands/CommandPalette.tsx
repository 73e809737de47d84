import '@mantine/spotlight/styles.layer.css';
import { Spotlight } from '@mantine/spotlight';
import type { SpotlightActionData, SpotlightFilterFunction } from '@mantine/spotlight';
import { useState } from 'react';
import { searchItems } from '../ui/PickList.tsx';
import { COMMANDS, paletteCommands } from './all-commands.ts';
import { enabledOf } from './command.ts';
import { shownShortcut } from './CommandItems.tsx';
import { runCommand } from './run-command.ts';

/** Everything one can do, found by typing. */
export function CommandPalette() {
  // What is enabled changes from one opening to the next.
  const [actions, setActions] = useState(currentActions);
  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K', 'mod + shift + P']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      onSpotlightOpen={() => setActions(currentActions())}
      searchProps={{ placeholder: 'What do you want to do?', 'aria-label': 'Search commands' }}
      attributes={{ content: { 'aria-label': 'Commands' } }}
      filter={rankCommands}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Commands found' } }}
      nothingFound="No command is called that."
      highlightQuery={false}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      scrollable
      maxHeight={440}
      size={560}
      limit={40}
    />
  );
}

function currentActions(): SpotlightActionData[] {
  return paletteCommands().map((command) => {
    const enabled = enabledOf(command);
    const keys = shownShortcut(command);
    return {
      id: command.id,
      label: command.label,
      group: COMMANDS.includes(command) ? command.group : 'Add',
      keywords: [command.keywords ?? '', command.group],
      ...(enabled === true ? {} : { description: enabled, disabled: true }),
      ...(keys === null ? {} : { rightSection: <span className="mr-kbd">{keys}</span> }),
      // The palette gives the focus back first; what the command focuses must keep it.
      onClick: () => void setTimeout(() => runCommand(command), 50),
    };
  });
}

/** What the label says counts before what the keywords say. */
const rankCommands: SpotlightFilterFunction = (query, actions) => {
  const commands = actions.flatMap((action) => ('actions' in action ? action.actions : [action]));
  const items = commands.map((command) => ({
    id: command.id,
    title: command.label ?? '',
    keywords: [command.keywords ?? []].flat(),
    description: undefined,
    group: command.group,
  }));
  const found = searchItems(items, query);
  return found
    .map((item) => commands.find((command) => command.id === item.id))
    .filter((command): command is SpotlightActionData => command !== undefined)
    .map((command) => (query.trim() === '' ? command : withoutGroup(command)));
};

/** Groups keep the palette's own order; a ranking must not be torn apart by them. */
function withoutGroup({ group: _group, ...command }: SpotlightActionData): SpotlightActionData {
  return command;
}
