import '../styles/palette.css';
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { PanelLeftClose, Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { AnyDefinition } from '../../engine/api/index.ts';
import { definitions } from '../../engine/api/index.ts';
import { addOperator } from '../commands/canvas-actions.ts';
import { OPERATOR_DRAG_TYPE } from '../operators/operator-drag.ts';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import { searchItems } from '../ui/PickList.tsx';
import { CATEGORY_TITLES, byCategory } from '../operators/categories.ts';

/** All operators: drag one to the canvas, or click it to add it after the selected one. */
export function Palette({ onCollapse }: { readonly onCollapse: () => void }) {
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => search(query), [query]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = at === -1 ? entries[0] : entries[at + step];
    if (to === undefined) return;
    event.preventDefault();
    to.focus();
  };
  return (
    <div className="mr-palette" onKeyDown={onKeyDown}>
      <div className="mr-palette-head">
        <h2>Operators</h2>
        <Tooltip label="Hide operators (Ctrl B)" openDelay={400}>
          <ActionIcon variant="subtle" color="gray" aria-label="Hide operators" onClick={onCollapse}>
            <PanelLeftClose size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className="mr-palette-search">
        <TextInput
          aria-label="Search operators"
          placeholder="Search"
          leftSection={<Search size={14} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === 'Enter' && first !== undefined) addOperator(first.type);
            if (event.key === 'Escape') setQuery('');
          }}
        />
      </div>
      <div ref={list} className="mr-palette-list">
        {groups(found).map(({ title, entries }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            {entries.map((definition) => (
              <PaletteEntry key={definition.type} definition={definition} />
            ))}
          </section>
        ))}
        {found.length === 0 && <p role="status">No operator is called that.</p>}
      </div>
    </div>
  );
}

function PaletteEntry({ definition }: { readonly definition: AnyDefinition }) {
  return (
    <Tooltip label={definition.summary} position="right" openDelay={500} multiline maw={260} withinPortal>
      <button
        type="button"
        className="mr-palette-entry"
        data-category={definition.category}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(OPERATOR_DRAG_TYPE, definition.type);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        onClick={() => addOperator(definition.type)}
      >
        <span className="mr-node-icon">
          <OperatorIcon type={definition.type} size={16} />
        </span>
        <span>{definition.title}</span>
      </button>
    </Tooltip>
  );
}

function search(query: string): readonly AnyDefinition[] {
  const all = byCategory(definitions());
  const items = all.map((definition) => ({
    id: definition.type,
    title: definition.title,
    description: definition.summary,
    keywords: [...definition.keywords, definition.type, CATEGORY_TITLES[definition.category]],
  }));
  const ranked = searchItems(items, query);
  return ranked.map((item) => all.find((definition) => definition.type === item.id)).filter((definition) => definition !== undefined);
}

function groups(found: readonly AnyDefinition[]): readonly { readonly title: string; readonly entries: readonly AnyDefinition[] }[] {
  const titles = [...new Set(found.map((definition) => CATEGORY_TITLES[definition.category]))];
  return titles.map((title) => ({ title, entries: found.filter((definition) => CATEGORY_TITLES[definition.category] === title) }));
}
