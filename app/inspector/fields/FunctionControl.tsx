import type { FunctionField } from '../../../engine/api/index.ts';
import { FunctionEditor } from '../editor/FunctionEditor.tsx';
import { useFieldTypeErrors } from '../type-check-store.ts';
import type { FieldControlProps } from './field-control.ts';

const SIGNATURES: Readonly<Record<FunctionField['returns'], string>> = {
  boolean: '(record) => boolean',
  record: '(record) => record',
  key: '(record) => key',
  number: '(record) => number',
  records: '(record, out) => records',
  reduced: '(a, b) => record',
  channel: '(key, channels) => channel',
  watermark: '(record) => watermark',
  'periodic-watermark': '(progress) => watermark',
  generated: '(ctx) => record',
  delta: '(a, b) => number',
  names: '(record) => names',
  joined: '(left, right) => record',
  'looked-up': '(record, row) => record',
  grouped: '(left[], right[], window) => record',
  object: 'class or ({ methods })',
};

export function FunctionControl(props: FieldControlProps<FunctionField>) {
  const { id, describedBy, nodeId, name, field, value, invalid, onChange, onCommit } = props;
  const typeErrors = useFieldTypeErrors(nodeId, name);
  return (
    <>
      <FunctionEditor
        key={`${nodeId} ${name}`}
        id={id}
        label={field.label}
        describedBy={describedBy}
        nodeId={nodeId}
        field={name}
        text={typeof value === 'string' ? value : ''}
        isInvalid={invalid}
        typeErrors={typeErrors}
        onChange={onChange}
        onCommit={onCommit}
      />
      <p className="inspector-signature">
        <code>{SIGNATURES[field.returns]}</code>
        <span>Esc leaves the editor</span>
      </p>
      {invalid
        ? null
        : typeErrors.slice(0, 3).map((error) => (
            <p key={`${error.line}:${error.column} ${error.message}`} className="inspector-problem" data-severity="warning">
              Line {error.line}: {error.message}
            </p>
          ))}
    </>
  );
}
