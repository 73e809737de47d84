import { Button, FileButton, Select, Textarea } from '@mantine/core';
import { FileUp, RefreshCw, TextCursorInput } from 'lucide-react';
import type { DragEvent } from 'react';
import { useEffect, useState } from 'react';
import type { DataField, DocumentData } from '../../../engine/api/index.ts';
import { definitionOf, toJobError } from '../../../engine/api/index.ts';
import { documentStore, useDocument } from '../../document/document-store.ts';
import { engine } from '../../engine-client/engine.ts';
import { formatBytes } from '../../ui/format.ts';
import { addInlineData, inferAgain, readFileWith, restoreFile } from '../data-file.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

const ACCEPTED_FILES = '.csv,.tsv,.txt,.ndjson,.jsonl,.json,.parquet,text/csv,application/x-ndjson';

type Kept = 'unknown' | 'kept' | 'missing';

export function DataControl(props: FieldControlProps<DataField>) {
  const { id, labelId, describedBy, nodeId, name, field, value, invalid, onChange, onCommit } = props;
  const allData = useDocument((state) => state.document.data);
  const definition = useDocument((state) => definitionOf(state.document.nodes.find((node) => node.id === nodeId)?.type ?? ''));
  const [feedback, setFeedback] = useState<Feedback>({ kind: 'notes', lines: [] });
  const [isOver, setOver] = useState(false);
  const usable = allData.filter((data) => field.formats.includes(data.format));
  const chosen = allData.find((data) => data.id === value);
  const kept = useKept(chosen);

  const attempt = (work: () => Promise<readonly string[]>): void => {
    setFeedback({ kind: 'busy' });
    work().then(
      (lines) => setFeedback({ kind: 'notes', lines }),
      (thrown: unknown) => setFeedback({ kind: 'error', message: toJobError(thrown).message }),
    );
  };
  const take = (file: File | null): void => {
    if (file === null || definition === undefined) return;
    attempt(() => {
      if (chosen === undefined || kept !== 'missing') return readFileWith(nodeId, name, definition, file);
      return restoreFile(chosen.id, chosen.format, file).then(() => []);
    });
  };
  const drop = (event: DragEvent): void => {
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    take(file);
  };

  return (
    <div
      role="group"
      aria-labelledby={labelId}
      className="inspector-data"
      data-over={isOver}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {allData.length > 0 || value !== '' ? (
        <Select
          id={id}
          aria-labelledby={labelId}
          {...describedByProps(describedBy)}
          data={dataOptions(usable, value)}
          value={value === '' ? null : String(value)}
          placeholder="Choose data"
          error={invalid}
          allowDeselect={false}
          onChange={(next) => {
            onChange(next ?? '');
            onCommit();
          }}
        />
      ) : null}
      {chosen === undefined ? null : <DataStatus data={chosen} kept={kept} />}
      <div className="inspector-data-actions">
        <FileButton onChange={take} accept={ACCEPTED_FILES}>
          {(button) => (
            <Button {...button} variant="default" size="compact-xs" leftSection={<FileUp size={14} aria-hidden />}>
              {chosen !== undefined && kept === 'missing' ? 'Choose it again…' : 'Choose file…'}
            </Button>
          )}
        </FileButton>
        {chosen === undefined || definition === undefined || kept === 'missing' ? null : (
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<RefreshCw size={14} aria-hidden />}
            onClick={() => attempt(() => inferAgain(nodeId, chosen.id, definition))}
          >
            Infer fields again
          </Button>
        )}
        {chosen === undefined ? (
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<TextCursorInput size={14} aria-hidden />}
            onClick={() => addInlineData(nodeId, name, field.formats[0] ?? 'csv')}
          >
            Type data
          </Button>
        ) : null}
      </div>
      <p className="inspector-help">Or drop a file here.</p>
      <FeedbackLines feedback={feedback} />
      {chosen?.source.kind === 'inline' ? <InlineText data={chosen} text={chosen.source.text} /> : null}
    </div>
  );
}

type Feedback =
  | { readonly kind: 'busy' }
  | { readonly kind: 'notes'; readonly lines: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

function FeedbackLines({ feedback }: { readonly feedback: Feedback }) {
  if (feedback.kind === 'error')
    return (
      <p className="inspector-problem" data-severity="error" role="alert">
        {feedback.message}
      </p>
    );
  const lines = feedback.kind === 'busy' ? ['Reading the file…'] : feedback.lines;
  return (
    <div role="status">
      {lines.map((line) => (
        <p key={line} className="inspector-help">
          {line}
        </p>
      ))}
    </div>
  );
}

function dataOptions(usable: readonly DocumentData[], value: unknown) {
  const options = usable.map((data) => ({ value: data.id, label: data.name }));
  if (typeof value !== 'string' || value === '' || options.some((option) => option.value === value)) return options;
  return [...options, { value, label: 'Data that this pipeline does not have', disabled: true }];
}

function DataStatus({ data, kept }: { readonly data: DocumentData; readonly kept: Kept }) {
  if (data.source.kind === 'inline') {
    return <p className="inspector-help">{formatBytes(new Blob([data.source.text]).size)}, part of the pipeline</p>;
  }
  const size = formatBytes(data.source.sizeBytes);
  if (kept === 'missing') {
    return (
      <p className="inspector-problem" data-severity="error">
        {data.name} ({size}) is not in this browser any more. Drop it again or choose it.
      </p>
    );
  }
  return <p className="inspector-help">{kept === 'kept' ? `${size}, kept in this browser` : size}</p>;
}

/** Whether the browser still has the bytes of a file. Asked again when the document's entry changes. */
function useKept(data: DocumentData | undefined): Kept {
  const [kept, setKept] = useState<Kept>('unknown');
  useEffect(() => {
    let isCurrent = true;
    setKept('unknown');
    if (data?.source.kind !== 'file') return undefined;
    engine.dataSize(data.id).then(
      (size) => isCurrent && setKept(size === null ? 'missing' : 'kept'),
      // The engine could not answer; starting the job will say why.
      () => isCurrent && setKept('unknown'),
    );
    return () => {
      isCurrent = false;
    };
  }, [data]);
  return kept;
}

function InlineText({ data, text }: { readonly data: DocumentData; readonly text: string }) {
  return (
    <Textarea
      aria-label={`Text of ${data.name}`}
      className="inspector-code"
      autosize
      minRows={4}
      maxRows={14}
      spellCheck={false}
      value={text}
      onChange={(event) =>
        documentStore
          .getState()
          .apply({ kind: 'set-data', data: { ...data, source: { kind: 'inline', text: event.currentTarget.value } } }, `Edit ${data.name}`)
      }
      onBlur={() => documentStore.getState().endCoalescing()}
    />
  );
}
