import type { AnyDefinition, DataFormat, InferredData } from '../../engine/api/index.ts';
import { JobFailure } from '../../engine/api/index.ts';
import type { Change } from '../document/changes.ts';
import { documentStore } from '../document/document-store.ts';
import { engine } from '../engine-client/engine.ts';

/**
 * What an inference says about a node's configuration. By name and kind of field, so that every operator that reads data takes part:
 * `format`, `delimiter`, `header`, `schema`.
 */
export function inferredConfig(definition: AnyDefinition, inferred: InferredData): Readonly<Record<string, unknown>> {
  const config: Record<string, unknown> = {};
  const set = (name: string, kind: string, value: unknown): void => {
    if (definition.fields[name]?.kind === kind) config[name] = value;
  };
  set('format', 'choice', inferred.format);
  if (inferred.format === 'csv') {
    set('delimiter', 'choice', inferred.delimiter);
    set('delimiter', 'text', inferred.delimiter);
    set('header', 'boolean', inferred.header);
  }
  set('schema', 'schema', inferred.fields);
  return config;
}

function setConfigs(nodeId: string, config: Readonly<Record<string, unknown>>): Change[] {
  return Object.entries(config).map(([field, value]) => ({ kind: 'set-config', nodeId, field, value }));
}

function refuseEmpty(file: File): void {
  if (file.size > 0) return;
  throw new JobFailure({
    code: 'empty-file',
    domain: 'user',
    retry: 'after-change',
    message: `${file.name} is empty. A data file needs at least one line.`,
  });
}

/** Keeps a file's bytes, adds it to the document and reads it with this node: one undo step. Resolves with notes for the user. */
export async function readFileWith(nodeId: string, field: string, definition: AnyDefinition, file: File): Promise<readonly string[]> {
  refuseEmpty(file);
  const dataId = crypto.randomUUID();
  await engine.putData(dataId, file);
  const inferred = await engine.inferData(dataId, file.name);
  documentStore.getState().apply(
    [
      {
        kind: 'add-data',
        data: { id: dataId, name: file.name, format: inferred.format, source: { kind: 'file', sizeBytes: file.size } },
      },
      { kind: 'set-config', nodeId, field, value: dataId },
      ...setConfigs(nodeId, inferredConfig(definition, inferred)),
    ],
    `Use ${file.name}`,
  );
  return inferred.notes;
}

/** Brings back the bytes of a file the browser no longer has; configuration and schema stay as they are. */
export async function restoreFile(dataId: string, format: DataFormat, file: File): Promise<void> {
  refuseEmpty(file);
  await engine.putData(dataId, file);
  documentStore
    .getState()
    .apply(
      { kind: 'set-data', data: { id: dataId, name: file.name, format, source: { kind: 'file', sizeBytes: file.size } } },
      `Restore ${file.name}`,
    );
}

/** Looks at the data again and sets format, header and schema of the node: one undo step. */
export async function inferAgain(nodeId: string, dataId: string, definition: AnyDefinition): Promise<readonly string[]> {
  const data = documentStore.getState().document.data.find((entry) => entry.id === dataId);
  if (data === undefined) return [];
  const inferred = data.source.kind === 'inline' ? await inferText(data.name, data.source.text) : await engine.inferData(dataId, data.name);
  documentStore
    .getState()
    .apply(
      [{ kind: 'set-data', data: { ...data, format: inferred.format } }, ...setConfigs(nodeId, inferredConfig(definition, inferred))],
      `Infer fields of ${data.name}`,
    );
  return inferred.notes;
}

/** Text inside the document is lent to the engine for the look. */
async function inferText(name: string, text: string): Promise<InferredData> {
  const dataId = `inference-${crypto.randomUUID()}`;
  await engine.putData(dataId, new Blob([text]));
  try {
    return await engine.inferData(dataId, name);
  } finally {
    await engine.removeData(dataId);
  }
}

/** A small table to type into, read by this node. */
export function addInlineData(nodeId: string, field: string, format: DataFormat): void {
  const dataId = crypto.randomUUID();
  const text = format === 'csv' ? 'id,value,time\na,1,2026-01-01T00:00:00Z\n' : '{"id":"a","value":1,"time":"2026-01-01T00:00:00Z"}\n';
  documentStore.getState().apply(
    [
      {
        kind: 'add-data',
        data: { id: dataId, name: format === 'csv' ? 'typed.csv' : 'typed.ndjson', format, source: { kind: 'inline', text } },
      },
      { kind: 'set-config', nodeId, field, value: dataId },
    ],
    'Add inline data',
  );
}
