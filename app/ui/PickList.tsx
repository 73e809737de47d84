import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import './pick-list.css';

export interface PickItem {
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly group?: string | undefined;
  readonly icon?: ReactNode;
  /** More words it is found by. */
  readonly keywords?: readonly string[];
  /** Why it cannot be picked. */
  readonly refused?: string | null | undefined;
}

interface PickListProps {
  readonly label: string;
  readonly placeholder: string;
  readonly items: readonly PickItem[];
  readonly nothingFound: string;
  readonly onPick: (item: PickItem) => void;
  readonly onClose: () => void;
}

/** A search field over a list: type, arrow, Enter. Closes at Escape and when focus leaves. */
export function PickList({ label, placeholder, items, nothingFound, onPick, onClose }: PickListProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => searchItems(items, query), [items, query]);
  const at = Math.min(active, Math.max(0, found.length - 1));

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const pick = (item: PickItem | undefined) => {
    if (item !== undefined && (item.refused ?? null) === null) onPick(item);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Home' && query === '') setActive(0);
    else if (event.key === 'End' && query === '') setActive(found.length - 1);
    else if (event.key === 'Enter') pick(found[at]);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="mr-pick" onKeyDown={onKeyDown}>
      <input
        // It was opened to be typed into.
        autoFocus
        className="mr-pick-input"
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${at}`}
        aria-autocomplete="list"
        placeholder={placeholder}
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="mr-pick-list">
        {found.map((item, index) => (
          <PickRow
            key={item.id}
            item={item}
            id={`${id}-${index}`}
            active={index === at}
            heading={item.group !== undefined && item.group !== found[index - 1]?.group}
            onHover={() => setActive(index)}
            onPick={() => pick(item)}
          />
        ))}
      </div>
      {found.length === 0 && (
        <p role="status" className="mr-pick-empty">
          {nothingFound}
        </p>
      )}
    </div>
  );
}

interface PickRowProps {
  readonly item: PickItem;
  readonly id: string;
  readonly active: boolean;
  readonly heading: boolean;
  readonly onHover: () => void;
  readonly onPick: () => void;
}

function PickRow({ item, id, active, heading, onHover, onPick }: PickRowProps) {
  const refused = item.refused ?? null;
  return (
    <>
      {heading && (
        <div role="presentation" className="mr-pick-group">
          {item.group}
        </div>
      )}
      <div
        id={id}
        role="option"
        aria-selected={active}
        aria-disabled={refused !== null}
        className="mr-pick-item"
        onPointerMove={active ? undefined : onHover}
        // Focus stays in the field.
        onPointerDown={(event) => event.preventDefault()}
        onClick={onPick}
      >
        {item.icon}
        <span className="mr-pick-text">
          <span className="mr-pick-title">{item.title}</span>
          {(refused ?? item.description) !== undefined && <span className="mr-pick-description">{refused ?? item.description}</span>}
        </span>
      </div>
    </>
  );
}

/** All words must occur; what is called exactly that comes first, then what begins with it. Without a query the order is kept. */
export function searchItems(items: readonly PickItem[], query: string): readonly PickItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  const scored = items.map((item) => ({ item, score: score(item, words) })).filter(({ score: s }) => s > 0);
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => ({ ...item, group: undefined }));
}

function score(item: PickItem, words: readonly string[]): number {
  const title = item.title.toLowerCase();
  const rest = [...(item.keywords ?? []), item.description ?? '', item.group ?? ''].join(' ').toLowerCase();
  let sum = title === words.join(' ') ? 8 : 0;
  for (const word of words) {
    if (title.startsWith(word)) sum += 8;
    else if (title.includes(` ${word}`)) sum += 4;
    else if (title.includes(word)) sum += 2;
    else if (rest.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}
