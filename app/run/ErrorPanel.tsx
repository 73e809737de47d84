import { CloseButton } from '@mantine/core';
import { OctagonAlert } from 'lucide-react';
import type { JobError, PipelineDocument } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';
import { formatCount } from '../ui/format.ts';
import { runStore, useRun } from './run-store.ts';

const TITLES: Readonly<Record<JobError['domain'], string>> = {
  user: 'The job needs a change',
  external: 'Something outside of the job failed',
  internal: 'Millrace failed',
};

/** Why the job failed or was refused: where, at which record, and what to do. Results stay below. */
export function ErrorPanel() {
  const error = useRun((state) => state.error);
  const started = useRun((state) => state.startedDocument);
  if (error === null) return null;
  return (
    <div className="run-error" role="alert">
      <OctagonAlert size={18} aria-hidden className="run-error-icon" />
      <div className="run-error-body">
        <p className="run-error-title">
          {TITLES[error.domain]}
          <OperatorLink error={error} />
        </p>
        <p>{error.message}</p>
        <ErrorDetails error={error} source={sourceLine(error, started)} />
        <p className="run-error-advice">
          {error.retry === 'now' ? 'You can run it again as it is. ' : ''}Your pipeline is unchanged, and what was delivered before stays.
        </p>
      </div>
      <CloseButton size="sm" aria-label="Dismiss the error" onClick={() => runStore.getState().dismissError()} />
    </div>
  );
}

function OperatorLink({ error }: { readonly error: JobError }) {
  const { nodeId, nodeName, subtaskIndex } = error;
  const title = useDocument((state) => (nodeId === undefined ? undefined : titleOf(state.document, nodeId)));
  const type = useDocument((state) => state.document.nodes.find((node) => node.id === nodeId)?.type);
  if (nodeId === undefined) return null;
  const name = type !== undefined ? title : (nodeName ?? nodeId);
  return (
    <>
      {' in '}
      {type !== undefined ? (
        <button type="button" className="run-link" onClick={() => revealPlace(error, type)}>
          {name}
        </button>
      ) : (
        name
      )}
      {subtaskIndex === undefined ? '' : `, subtask ${subtaskIndex + 1}`}
    </>
  );
}

function revealPlace(error: JobError, type: string): void {
  const { nodeId, line, column } = error;
  if (nodeId !== undefined) revealField(nodeId, fieldOf(error, type), line === undefined ? null : { line, column: column ?? 1 });
}

function ErrorDetails({ error, source }: { readonly error: JobError; readonly source: string | null }) {
  const { key, position, record, cause, line, column } = error;
  const place = line === undefined ? '' : ` (line ${line}${column === undefined ? '' : `, column ${column}`})`;
  const [headline = '', ...stack] = (cause ?? '').split('\n');
  // The message mostly says what was thrown, and where.
  const isSaid = stack.length === 0 && error.message.includes(headline);
  return (
    <dl className="run-error-details">
      {cause === undefined || isSaid ? null : (
        <>
          <dt>Cause</dt>
          <dd>
            <code>{headline}</code>
            {place}
            {stack.length === 0 ? null : (
              <details>
                <summary>Details for a report</summary>
                <pre>{stack.join('\n')}</pre>
              </details>
            )}
          </dd>
        </>
      )}
      {source === null ? null : (
        <>
          <dt>
            Line {line}
            <FieldLabel error={error} />
          </dt>
          <dd>
            <code>{source}</code>
          </dd>
        </>
      )}
      {key === undefined ? null : (
        <>
          <dt>Key</dt>
          <dd>
            <code>{key}</code>
          </dd>
        </>
      )}
      {record === undefined ? null : (
        <>
          <dt>Record{position === undefined ? '' : ` ${formatCount(position)}`}</dt>
          <dd>
            <code>{record}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Which of an operator's functions it is, where there are several. */
function FieldLabel({ error }: { readonly error: JobError }) {
  const type = useDocument((state) => state.document.nodes.find((node) => node.id === error.nodeId)?.type);
  const fields = type === undefined ? {} : (definitionOf(type)?.fields ?? {});
  const functions = Object.values(fields).filter(({ kind }) => kind === 'function');
  const field = error.field === undefined ? undefined : fields[error.field];
  return field === undefined || functions.length < 2 ? null : <> of “{field.label}”</>;
}

/** The line of the user's own text an error points to, as it was when the job started. */
function sourceLine(error: JobError, started: PipelineDocument | null): string | null {
  const { nodeId, line } = error;
  const node = started?.nodes.find((each) => each.id === nodeId);
  if (node === undefined || line === undefined) return null;
  const source = node.config[fieldOf(error, node.type) ?? ''];
  return typeof source === 'string' ? (source.split(/\r?\n/)[line - 1] ?? null) : null;
}

/** The field an error is about. It may name only a line: operators with one function leave no doubt. */
function fieldOf({ field, line }: JobError, type: string): string | null {
  if (field !== undefined || line === undefined) return field ?? null;
  const names = Object.entries(definitionOf(type)?.fields ?? {}).flatMap(([name, { kind }]) => (kind === 'function' ? [name] : []));
  return names.length === 1 ? (names[0] ?? null) : null;
}
