import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { connectionProblemOf, definitionOf } from '../../engine/api/index.ts';
import type { Change } from '../document/changes.ts';
import { documentStore } from '../document/document-store.ts';
import { after } from '../document/edits/edit.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { announce } from '../ui/announcer.ts';

/** Somebody dropped a file on the untouched example: offers to let it take the generator's place. */
export function offerReplacement(before: PipelineDocument, fileNodeId: string, fileName: string): void {
  const generator = replaceableSource(before);
  if (generator === null) return;
  const id = `replace-${fileNodeId}`;
  const name = nodeTitle(generator);
  announce(`You can use ${fileName} instead of ${name}: see the notification.`);
  notifications.show({
    id,
    title: `Use this file instead of ${name}?`,
    autoClose: false,
    withBorder: true,
    message: (
      <Group gap="xs" mt={6}>
        <Button
          onClick={() => {
            replaceSource(generator.id, fileNodeId, `Use ${fileName} instead of ${name}`);
            notifications.hide(id);
          }}
        >
          Use {fileName}
        </Button>
        <Button variant="default" onClick={() => notifications.hide(id)}>
          Keep both
        </Button>
      </Group>
    ),
  });
}

/** The only source, when it reads no data of its own and feeds something. */
function replaceableSource(document: PipelineDocument): DocumentNode | null {
  const sources = document.nodes.filter((node) => definitionOf(node.type)?.inputs.length === 0);
  const [only] = sources;
  if (sources.length !== 1 || only === undefined) return null;
  const readsData = Object.values(definitionOf(only.type)?.fields ?? {}).some((field) => field.kind === 'data');
  return !readsData && document.edges.some((edge) => edge.source === only.id) ? only : null;
}

function replaceSource(oldId: string, newId: string, label: string): void {
  const { document, apply } = documentStore.getState();
  const old = document.nodes.find((node) => node.id === oldId);
  if (old === undefined || !document.nodes.some((node) => node.id === newId)) return;
  const changes: Change[] = [
    { kind: 'remove-nodes', nodeIds: [oldId] },
    { kind: 'move-nodes', positions: { [newId]: old.position } },
  ];
  for (const edge of document.edges.filter((other) => other.source === oldId)) {
    const moved = { ...edge, source: newId };
    if (connectionProblemOf(after(document, changes), moved) === null) changes.push({ kind: 'add-edge', edge: moved });
  }
  apply(changes, label, { select: { nodeIds: [newId] } });
  announce(`${label}: done.`);
}
