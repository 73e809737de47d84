import { exportText, fileNameOf, importText, newPipeline } from '../document/document-files.ts';
import { documentStore } from '../document/document-store.ts';
import { announce } from '../ui/announcer.ts';
import { openDialog } from '../ui/dialogs-store.ts';
import { downloadText, pickFile } from '../ui/files.ts';
import { tell, tellError } from '../ui/messages.ts';
import type { Command } from './command.ts';

/** Opens a document file in place of the current one; undoable. A broken one is refused with its reason. */
export async function openDocumentFile(file: File): Promise<void> {
  try {
    const opened = importText(await file.text());
    tell(`Opened ${opened.job.name}`, 'It is not running yet. Ctrl Z brings the previous pipeline back.');
  } catch (error) {
    tellError(`${file.name} could not be opened`, `${(error as Error).message} Your pipeline is unchanged.`);
  }
}

export function exportDocument(): void {
  const { document } = documentStore.getState();
  downloadText(fileNameOf(document), exportText(document), 'application/json');
  announce(`Exported ${fileNameOf(document)}.`);
}

export const FILE_COMMANDS: readonly Command[] = [
  {
    id: 'new-pipeline',
    label: 'New pipeline',
    group: 'File',
    keywords: 'empty clear start',
    run: () => {
      newPipeline();
      announce('New, empty pipeline.');
    },
  },
  {
    id: 'open-example',
    label: 'Examples…',
    group: 'File',
    keywords: 'open demo gallery sample template lesson learn',
    run: () => openDialog('examples'),
  },
  {
    id: 'import-document',
    label: 'Open from file…',
    group: 'File',
    shortcuts: ['mod+o'],
    keywords: 'import load json',
    run: async () => {
      const file = await pickFile('.json,application/json');
      if (file !== null) await openDocumentFile(file);
    },
  },
  {
    id: 'export-document',
    label: 'Export as file',
    group: 'File',
    shortcuts: ['mod+s'],
    inFields: true,
    keywords: 'save download json',
    run: exportDocument,
  },
  {
    id: 'version-history',
    label: 'Version history…',
    group: 'File',
    keywords: 'restore backup earlier',
    run: () => openDialog('versions'),
  },
];
