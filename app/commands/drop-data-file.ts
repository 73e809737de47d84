import type { AnyDefinition, DocumentNode, InferredData } from '../../engine/api/index.ts';
import { definitionOf, definitions, toJobError } from '../../engine/api/index.ts';
import type { Change, Point } from '../document/changes.ts';
import { documentStore } from '../document/document-store.ts';
import { planAddOperator } from '../document/edits/add-operator.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { engine } from '../engine-client/engine.ts';
import { inferredConfig } from '../inspector/data-file.ts';
import { announce } from '../ui/announcer.ts';
import { tell, tellError } from '../ui/messages.ts';
import { focusNode } from '../canvas/canvas-store.ts';
import { offerReplacement } from './offer-replacement.tsx';

/** Name of the field of an operator that holds data, if it reads any. */
export function dataFieldOf(definition: AnyDefinition | undefined): string | null {
  const found = Object.entries(definition?.fields ?? {}).find(([, field]) => field.kind === 'data');
  return found?.[0] ?? null;
}

/**
 * A data file was dropped. On a node that reads data it becomes that node's data; elsewhere it becomes a new source at `position`
 * (canvas pixels). Bytes are kept by the engine, format and fields are inferred; all of it is one undo step.
 */
export async function dropDataFile(file: File, position: Point, onNodeId?: string): Promise<void> {
  if (file.size === 0) {
    tellError(`${file.name} is empty`, 'A data file needs at least one line. Your pipeline is unchanged.');
    return;
  }
  const dataId = crypto.randomUUID();
  try {
    await engine.putData(dataId, file);
    const inferred = await engine.inferData(dataId, file.name);
    const state = documentStore.getState();
    const target = state.document.nodes.find((node) => node.id === onNodeId);
    const into = target !== undefined && dataFieldOf(definitionOf(target.type)) !== null ? target : null;
    const untouched = state.untouched;
    const before = state.document;
    const nodeId = useFile(file, dataId, inferred, into, position);
    if (nodeId === null) return;
    for (const note of inferred.notes) tell(file.name, note);
    if (into === null && untouched) offerReplacement(before, nodeId, file.name);
  } catch (thrown) {
    tellError(`${file.name} could not be used`, `${toJobError(thrown).message} Your pipeline is unchanged.`);
  }
}

/** The edit. Returns the node that reads the file now. */
function useFile(file: File, dataId: string, inferred: InferredData, into: DocumentNode | null, position: Point): string | null {
  const { document, apply } = documentStore.getState();
  const added: Change = {
    kind: 'add-data',
    data: { id: dataId, name: file.name, format: inferred.format, source: { kind: 'file', sizeBytes: file.size } },
  };
  if (into !== null) {
    apply([added, ...configure(into.id, definitionOf(into.type), dataId, inferred)], `Use ${file.name}`, {
      select: { nodeIds: [into.id] },
    });
    announce(`${nodeTitle(into)} reads ${file.name} now.`);
    return into.id;
  }
  const definition = readerOf(inferred);
  if (definition === undefined) {
    tellError(`${file.name} could not be used`, 'This build has no operator that reads such files.');
    return null;
  }
  const edit = planAddOperator(document, definition, { kind: 'at', position });
  apply(
    [
      added,
      ...edit.changes,
      { kind: 'rename-node', nodeId: edit.nodeId, name: file.name },
      ...configure(edit.nodeId, definition, dataId, inferred),
    ],
    `Add ${file.name}`,
    { select: { nodeIds: [edit.nodeId] } },
  );
  announce(`Added a source that reads ${file.name}.`);
  focusNode(edit.nodeId);
  return edit.nodeId;
}

/** Generic: the first operator without inputs that has a field for data of this format. */
function readerOf(inferred: InferredData): AnyDefinition | undefined {
  return definitions().find((definition) => {
    const field = Object.values(definition.fields).find((other) => other.kind === 'data');
    return definition.inputs.length === 0 && field?.kind === 'data' && field.formats.includes(inferred.format);
  });
}

function configure(nodeId: string, definition: AnyDefinition | undefined, dataId: string, inferred: InferredData): readonly Change[] {
  const field = dataFieldOf(definition);
  if (definition === undefined || field === null) return [];
  const config = { [field]: dataId, ...inferredConfig(definition, inferred) };
  return Object.entries(config).map(([name, value]) => ({ kind: 'set-config', nodeId, field: name, value }));
}
