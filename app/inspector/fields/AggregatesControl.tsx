import { Button, Select, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Aggregate, AggregateFunction, AggregatesField } from '../../../engine/api/index.ts';
import { AGGREGATE_FUNCTIONS } from '../../../engine/api/index.ts';
import { columnOptions } from './field-control.ts';
import type { FieldControlProps } from './field-control.ts';
import { movedBy } from './move-item.ts';
import { renderColumn } from './render-column.tsx';
import { moveKey, RowActions } from './RowActions.tsx';

function isAggregate(value: unknown): value is Aggregate {
  return typeof value === 'object' && value !== null && 'fn' in value && 'as' in value;
}

/** The name an aggregate gets until somebody types another. */
function usualName(fn: AggregateFunction, column: string): string {
  return fn === 'count' || column === '' ? fn : `${fn}_${column}`;
}

function freeName(name: string, aggregates: readonly Aggregate[]): string {
  const taken = new Set(aggregates.map((aggregate) => aggregate.as));
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  return free;
}

export function AggregatesControl({ describedBy, labelId, value, inputs, onChange, onCommit }: FieldControlProps<AggregatesField>) {
  const aggregates = Array.isArray(value) ? value.filter(isAggregate) : [];
  const commit = (next: readonly Aggregate[]): void => {
    onChange(next);
    onCommit();
  };
  const add = (): void => {
    const used = new Set(aggregates.map((aggregate) => aggregate.column));
    const numeric = (inputs[0]?.schema.fields ?? []).filter((field) => ['double', 'int', 'long'].includes(field.type));
    const column = (numeric.find((field) => !used.has(field.name)) ?? numeric[0])?.name;
    const fn: AggregateFunction = column === undefined ? 'count' : 'avg';
    commit([...aggregates, { fn, column: column ?? '', as: freeName(usualName(fn, column ?? ''), aggregates) }]);
  };
  return (
    <div role="group" aria-labelledby={labelId} aria-describedby={describedBy} className="inspector-list">
      {aggregates.map((aggregate, index) => (
        <AggregateRow
          // By index: rows have no identity of their own; two may be equal while being edited.
          key={index}
          aggregate={aggregate}
          index={index}
          count={aggregates.length}
          inputs={inputs}
          onChange={(next) => onChange(aggregates.map((each, i) => (i === index ? next : each)))}
          onCommit={onCommit}
          onMove={(offset) => commit(movedBy(aggregates, index, offset))}
          onRemove={() => commit(aggregates.filter((_, i) => i !== index))}
        />
      ))}
      <Button variant="default" size="compact-xs" leftSection={<Plus size={14} aria-hidden />} onClick={add}>
        Add aggregate
      </Button>
    </div>
  );
}

interface AggregateRowProps extends Pick<FieldControlProps, 'inputs' | 'onCommit'> {
  readonly aggregate: Aggregate;
  readonly index: number;
  readonly count: number;
  readonly onChange: (aggregate: Aggregate) => void;
  readonly onMove: (offset: 1 | -1) => void;
  readonly onRemove: () => void;
}

function AggregateRow({ aggregate, index, count, inputs, onChange, onCommit, onMove, onRemove }: AggregateRowProps) {
  const { fn, column, as } = aggregate;
  const place = `of aggregate ${index + 1}`;
  // A name that was never changed by hand follows function and field.
  const follow = (nextFn: AggregateFunction, nextColumn: string): void => {
    onChange({ fn: nextFn, column: nextColumn, as: as === usualName(fn, column) ? usualName(nextFn, nextColumn) : as });
    onCommit();
  };
  return (
    <div
      className="inspector-aggregate"
      onKeyDown={(event) => {
        const offset = moveKey(event);
        if (offset === null) return;
        event.preventDefault();
        onMove(offset);
      }}
    >
      <Select
        aria-label={`Function ${place}`}
        data={[...AGGREGATE_FUNCTIONS]}
        value={fn}
        allowDeselect={false}
        onChange={(next) => next !== null && follow(next, next === 'count' ? '' : column)}
      />
      {fn === 'count' ? (
        <span className="inspector-aggregate-records">of records</span>
      ) : (
        <Select
          aria-label={`Field ${place}`}
          data={columnOptions(
            inputs,
            fn === 'min' || fn === 'max' ? ['double', 'int', 'long', 'timestamp', 'string'] : ['double', 'int', 'long'],
            [column],
          )}
          value={column === '' ? null : column}
          renderOption={renderColumn}
          placeholder="Field"
          searchable
          allowDeselect={false}
          error={column === ''}
          onChange={(next) => follow(fn, next ?? '')}
        />
      )}
      <TextInput
        className="inspector-aggregate-name"
        aria-label={`Output name ${place}`}
        leftSection={<span className="inspector-unit">as</span>}
        autoComplete="off"
        spellCheck={false}
        value={as}
        error={as.trim() === ''}
        onChange={(event) => onChange({ fn, column, as: event.currentTarget.value })}
        onBlur={onCommit}
      />
      <RowActions subject={`aggregate ${as}`} index={index} count={count} onMove={onMove} onRemove={onRemove} />
    </div>
  );
}
