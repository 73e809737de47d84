import { Button } from '@mantine/core';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { closeDialog } from '../ui/dialogs-store.ts';
import { MarkdownText } from '../ui/MarkdownText.tsx';
import { tell, tellError } from '../ui/messages.ts';
import { searchItems } from '../ui/PickList.tsx';
import { EXAMPLES } from './example-files.ts';
import { searchItemOf } from './example-list.ts';
import type { Example } from './example-list.ts';
import { ExampleSketch } from './ExampleSketch.tsx';
import { openExample } from './open-example.ts';

const ITEMS = EXAMPLES.map(searchItemOf);

/** Where the gallery opens again: at what was looked at last. */
let lastShown = EXAMPLES[0]?.id ?? '';

/** A search field over the examples, and the one that is looked at beside it. */
export function Gallery() {
  const [query, setQuery] = useState('');
  const [shownId, setShownId] = useState(lastShown);
  const found = useMemo(() => search(query), [query]);
  const shown = found.find((example) => example.id === shownId) ?? found[0];
  const show = (example: Example | undefined) => {
    if (example === undefined) return;
    lastShown = example.id;
    setShownId(example.id);
  };
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown === undefined ? -1 : found.indexOf(shown);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, found.length - 1), PageUp: Math.max(at - 8, 0) }[
      event.key
    ];
    if (target !== undefined) show(found[(target + found.length) % Math.max(1, found.length)]);
    else if (event.key === 'Enter' && shown !== undefined) open(shown);
    else return;
    event.preventDefault();
  };
  return (
    <div className="mr-gallery">
      <div className="mr-gallery-side">
        <input
          // The dialog was opened to look for something. Its focus trap looks when it opens; the first time, this comes later.
          autoFocus
          data-autofocus
          className="mr-gallery-search"
          role="combobox"
          aria-label="Search examples"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown === undefined ? undefined : `${id}-${shown.id}`}
          aria-autocomplete="list"
          placeholder={`Search ${EXAMPLES.length} examples`}
          spellCheck={false}
          value={query}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setQuery(value);
            if (value.trim() !== '') show(search(value)[0]);
          }}
          onKeyDown={onKeyDown}
        />
        <ExampleListBox id={id} found={found} grouped={query.trim() === ''} shown={shown} onShow={show} />
        {found.length === 0 && (
          <p role="status" className="mr-gallery-none">
            No example mentions that.
          </p>
        )}
      </div>
      {shown !== undefined && <Shown key={shown.id} example={shown} />}
    </div>
  );
}

interface ExampleListBoxProps {
  readonly id: string;
  readonly found: readonly Example[];
  /** Under headings, as they are; or ranked, without any. */
  readonly grouped: boolean;
  readonly shown: Example | undefined;
  readonly onShow: (example: Example) => void;
}

function ExampleListBox({ id, found, grouped, shown, onShow }: ExampleListBoxProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  const option = (example: Example) => (
    <div
      key={example.id}
      id={`${id}-${example.id}`}
      role="option"
      aria-selected={example === shown}
      className="mr-gallery-item"
      // Focus stays in the search field.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onShow(example)}
      onDoubleClick={() => open(example)}
    >
      {example.title}
      {!grouped && <span className="mr-gallery-item-group">{example.group}</span>}
    </div>
  );
  const titles = grouped ? [...new Set(found.map((example) => example.group))] : [];
  return (
    <div ref={list} id={`${id}-list`} role="listbox" aria-label="Examples" className="mr-gallery-list">
      {grouped
        ? titles.map((title) => (
            <div key={title} role="group" aria-label={title}>
              <div role="presentation" className="mr-gallery-group">
                {title}
              </div>
              {found.filter((example) => example.group === title).map(option)}
            </div>
          ))
        : found.map(option)}
    </div>
  );
}

function Shown({ example }: { readonly example: Example }) {
  return (
    <section className="mr-gallery-shown" aria-label={example.title}>
      <div className="mr-gallery-text" tabIndex={0} role="region" aria-label={`About ${example.title}`}>
        <h2>{example.title}</h2>
        <ExampleSketch id={example.id} />
        <MarkdownText text={example.text} />
      </div>
      <div className="mr-gallery-actions">
        <span>A copy opens in place of your pipeline, which stays in the undo history and under File, Version history.</span>
        <Button size="sm" onClick={() => open(example)}>
          Open
        </Button>
      </div>
    </section>
  );
}

function search(query: string): readonly Example[] {
  const ids = searchItems(ITEMS, query).map((item) => item.id);
  return ids.map((id) => EXAMPLES.find((example) => example.id === id)).filter((example) => example !== undefined);
}

function open(example: Example): void {
  openExample(example.id).then(
    ({ job }) => {
      closeDialog();
      tell(`Opened ${job.name}`, 'It is not running yet. Ctrl Z brings the previous pipeline back.');
    },
    (error: unknown) => tellError(`${example.title} could not be opened`, `${(error as Error).message} Your pipeline is unchanged.`),
  );
}
