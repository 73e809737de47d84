import { Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useState } from 'react';
import type { Field, QueriedState } from '../../engine/api/index.ts';
import { formatCount } from '../ui/format.ts';
import { cellText, isRightAligned } from './cell-text.ts';
import type { QueryableState } from './queryable-states.ts';
import { SHOWN_ENTRIES, useQueriedState } from './use-queried-state.ts';

const TYPING_MS = 150;

/** What a client would get that looks up the queryable state of the running job: the latest record of every key. */
export function StateTab({ states }: { readonly states: readonly QueryableState[] }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const state = states.find(({ nodeId }) => nodeId === wanted) ?? states[0];
  if (state === undefined) return <p className="run-empty">Lead a keyed stream into a queryable state to look things up here.</p>;
  return <LookUp key={state.nodeId} states={states} state={state} onSelect={setWanted} />;
}

interface LookUpProps {
  readonly states: readonly QueryableState[];
  readonly state: QueryableState;
  readonly onSelect: (nodeId: string) => void;
}

function LookUp({ states, state, onSelect }: LookUpProps) {
  const { nodeId, stateName, schema } = state;
  const [text, setText] = useState('');
  const [keyContains] = useDebouncedValue(text, TYPING_MS);
  const { answer, isLive } = useQueriedState(nodeId, stateName, keyContains);
  const queried = answer?.state ?? null;
  return (
    <div className="run-tab">
      <div className="run-bar">
        {states.length > 1 ? (
          <Select
            size="xs"
            aria-label="State"
            data={states.map((each) => ({ value: each.nodeId, label: each.stateName }))}
            value={nodeId}
            allowDeselect={false}
            onChange={(next) => next !== null && onSelect(next)}
          />
        ) : (
          <h3 className="run-bar-title">{stateName}</h3>
        )}
        {queried !== null && <span className="run-bar-count">{countText(queried, isLive)}</span>}
        <span className="run-bar-space" />
        <TextInput
          size="xs"
          aria-label="Find a key"
          placeholder="Find a key"
          leftSection={<Search size={13} aria-hidden />}
          value={text}
          disabled={!isLive}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {queried === null || queried.entries.length === 0 ? (
        <p className="run-empty">{answer?.problem ?? emptyText(queried, isLive)}</p>
      ) : (
        <Entries queried={queried} fields={schema.fields} label={`Latest record by key of ${stateName}`} />
      )}
    </div>
  );
}

function countText({ keyCount, matchCount, entries }: QueriedState, isLive: boolean): string {
  const keys = `${formatCount(keyCount)} ${keyCount === 1 ? 'key' : 'keys'}`;
  const found = matchCount === keyCount ? keys : `${formatCount(matchCount)} of ${keys}`;
  const shown = entries.length < matchCount ? ` · the first ${formatCount(SHOWN_ENTRIES)} are shown` : '';
  return `${found}${shown}${isLive ? '' : ' · as they were when last looked up; with the job its state ended'}`;
}

function emptyText(queried: QueriedState | null, isLive: boolean): string {
  if (!isLive) return 'State can be looked up only while the job runs or is paused. Run the pipeline, or step through it.';
  if (queried === null) return 'Looking it up…';
  return queried.keyCount === 0 ? 'No record has come here yet.' : 'No key has this in it.';
}

interface EntriesProps {
  readonly queried: QueriedState;
  readonly fields: readonly Field[];
  readonly label: string;
}

function Entries({ queried, fields, label }: EntriesProps) {
  return (
    <section className="run-scroll" tabIndex={0} aria-label={label}>
      <table className="run-table run-state">
        <thead>
          <tr>
            <th scope="col">Key</th>
            {fields.map(({ name, type }) => (
              <th key={name} scope="col" data-right={isRightAligned(type)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queried.entries.map(({ key, record }) => {
            const text = cellText(Array.isArray(key) ? key.map(String).join(', ') : key, 'any').text;
            return (
              <tr key={text}>
                <th scope="row">{text}</th>
                {fields.map(({ name, type }) => {
                  const cell = cellText(record[name], type);
                  return (
                    <td key={name} data-right={isRightAligned(type)} title={cell.title}>
                      {cell.text}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
