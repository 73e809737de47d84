import { Button, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { importText } from '../document/document-files.ts';
import type { StoredVersion } from '../document/document-storage.ts';
import { keptVersions } from '../document/session.ts';
import { plural } from '../canvas/flow-elements.ts';
import { closeDialog, useDialogs } from '../ui/dialogs-store.ts';
import { tell, tellError } from '../ui/messages.ts';

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Earlier states of the pipelines of this browser; each can be opened again, undoable. */
export function VersionHistory() {
  const open = useDialogs((state) => state.open === 'versions');
  const [versions, setVersions] = useState<readonly StoredVersion[] | null>(null);
  useEffect(() => {
    if (!open) return;
    keptVersions().then(setVersions, (error: unknown) => {
      closeDialog();
      tellError('The version history cannot be read', (error as Error).message);
    });
  }, [open]);
  return (
    <Modal opened={open} onClose={closeDialog} title="Version history" size="lg" centered>
      {versions !== null && versions.length === 0 && <p>No versions are kept yet. One is kept for every minute of editing.</p>}
      <ul className="mr-versions">
        {versions?.map((version) => (
          <li key={`${version.documentId} ${version.savedAt}`}>
            <span>
              <strong>{version.name}</strong>
              <span className="mr-versions-when">
                {WHEN.format(version.savedAt)} · {plural(version.nodeCount, 'operator')}
              </span>
            </span>
            <Button
              variant="default"
              aria-label={`Restore ${version.name} of ${WHEN.format(version.savedAt)}`}
              onClick={() => restore(version)}
            >
              Restore
            </Button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function restore(version: StoredVersion): void {
  try {
    importText(version.text);
    closeDialog();
    tell(`Restored ${version.name}`, 'Ctrl Z brings back what you had.');
  } catch (error) {
    tellError('This version cannot be opened', (error as Error).message);
  }
}
