import { create } from 'zustand';
import type { PipelineDocument } from '../../engine/api/index.ts';
import { parseDocument } from '../../engine/api/index.ts';
import { Autosave } from './autosave.ts';
import { createIndexedDbStorage, createSyncStorage } from './document-storage.ts';
import { documentStore } from './document-store.ts';
import { keepHistory, restoreHistory } from './kept-history.ts';
import { TabPresence } from './tab-presence.ts';

interface SessionState {
  /** What the browser said when it could not keep the document; null while all is well. */
  readonly savingTrouble: string | null;
  /** Another tab shows the same document: the later of two edits wins. */
  readonly openElsewhere: boolean;
  /** A stored document that could not be read. */
  readonly damaged: { readonly reason: string; readonly text: string } | null;
}

export const useSession = create<SessionState>()(() => ({ savingTrouble: null, openElsewhere: false, damaged: null }));

const autosave = new Autosave({
  storage: createIndexedDbStorage(),
  sync: createSyncStorage(sessionStorage, localStorage),
  parse: parseDocument,
  now: () => Date.now(),
  setTimer: (run, ms) => window.setTimeout(run, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
  onTrouble: (savingTrouble) => useSession.setState({ savingTrouble }),
});

/** Brings back the last document, or begins with `first`; from then on every change is kept. Resolves to whether this was the first start. */
export async function startSession(first: () => PipelineDocument): Promise<boolean> {
  const restored = await autosave.restore();
  if (restored.damaged !== null) useSession.setState({ damaged: restored.damaged });
  documentStore.getState().replaceDocument(restored.document ?? first(), { undoable: false });
  restoreHistory(sessionStorage, documentStore, parseDocument);
  const presence = new TabPresence(new BroadcastChannel('millrace/tabs'), crypto.randomUUID(), (openElsewhere) =>
    useSession.setState({ openElsewhere }),
  );
  watchDocument(presence);
  return restored.document === null && restored.damaged === null;
}

function watchDocument(presence: TabPresence): void {
  let { document: known } = documentStore.getState();
  const keep = (document: PipelineDocument) => {
    autosave.changed(document);
    presence.show(document.id);
  };
  keep(known);
  documentStore.subscribe(({ document }) => {
    if (document === known) return;
    if (document.id !== known.id) {
      void autosave.flush();
      void autosave.keepVersion(known).catch((error: unknown) => useSession.setState({ savingTrouble: (error as Error).message }));
    }
    known = document;
    keep(document);
  });
  window.addEventListener('pagehide', () => {
    void autosave.flush();
    keepHistory(sessionStorage, documentStore);
    presence.close();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void autosave.flush();
  });
}

export function keptVersions() {
  return autosave.versions();
}
