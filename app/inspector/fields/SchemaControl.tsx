import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Field, SchemaField } from '../../../engine/api/index.ts';
import { FIELD_TYPES } from '../../../engine/api/index.ts';
import type { FieldControlProps } from './field-control.ts';
import { movedBy } from './move-item.ts';
import { moveKey, RowActions } from './RowActions.tsx';

function isField(value: unknown): value is Field {
  return typeof value === 'object' && value !== null && 'name' in value && 'type' in value;
}

function freeName(fields: readonly Field[]): string {
  const taken = new Set(fields.map((field) => field.name));
  let n = fields.length + 1;
  while (taken.has(`field_${n}`)) n++;
  return `field_${n}`;
}

export function SchemaControl({ labelId, describedBy, field, value, onChange, onCommit }: FieldControlProps<SchemaField>) {
  const fields = Array.isArray(value) ? value.filter(isField) : [];
  const commit = (next: readonly Field[]): void => {
    onChange(next);
    onCommit();
  };
  return (
    <div role="group" aria-labelledby={labelId} aria-describedby={describedBy} className="inspector-list">
      {fields.length === 0 && field.optional === true ? (
        <p className="inspector-help">No fields declared: they are taken from the data.</p>
      ) : null}
      {fields.map((each, index) => (
        <SchemaRow
          // By index: two fields may have the same name while it is being typed.
          key={index}
          field={each}
          index={index}
          count={fields.length}
          isDuplicate={fields.some((other, i) => i !== index && other.name === each.name)}
          onChange={(next) => onChange(fields.map((old, i) => (i === index ? next : old)))}
          onCommit={onCommit}
          onMove={(offset) => commit(movedBy(fields, index, offset))}
          onRemove={() => commit(fields.filter((_, i) => i !== index))}
        />
      ))}
      <Button
        variant="default"
        size="compact-xs"
        leftSection={<Plus size={14} aria-hidden />}
        onClick={() => commit([...fields, { name: freeName(fields), type: 'string' }])}
      >
        Add field
      </Button>
    </div>
  );
}

interface SchemaRowProps {
  readonly field: Field;
  readonly index: number;
  readonly count: number;
  readonly isDuplicate: boolean;
  readonly onChange: (field: Field) => void;
  readonly onCommit: () => void;
  readonly onMove: (offset: 1 | -1) => void;
  readonly onRemove: () => void;
}

function SchemaRow({ field, index, count, isDuplicate, onChange, onCommit, onMove, onRemove }: SchemaRowProps) {
  const place = `of field ${index + 1}`;
  return (
    <div
      className="inspector-schema-row"
      onKeyDown={(event) => {
        const offset = moveKey(event);
        if (offset === null) return;
        event.preventDefault();
        onMove(offset);
      }}
    >
      <TextInput
        aria-label={`Name ${place}`}
        autoComplete="off"
        spellCheck={false}
        value={field.name}
        error={field.name.trim() === '' || isDuplicate}
        onChange={(event) => onChange({ ...field, name: event.currentTarget.value })}
        onBlur={onCommit}
      />
      <Select
        aria-label={`Type ${place}`}
        data={[...FIELD_TYPES]}
        value={field.type}
        allowDeselect={false}
        onChange={(type) => {
          if (type === null) return;
          onChange({ ...field, type });
          onCommit();
        }}
      />
      <Checkbox
        className="inspector-schema-nullable"
        label="nullable"
        aria-label={`Nullable, ${field.name}`}
        checked={field.nullable === true}
        onChange={(event) => {
          const { nullable: _, ...rest } = field;
          onChange(event.currentTarget.checked ? { ...rest, nullable: true } : rest);
          onCommit();
        }}
      />
      <RowActions subject={`field ${field.name}`} index={index} count={count} onMove={onMove} onRemove={onRemove} />
    </div>
  );
}
