import { createStore, get, set } from 'idb-keyval';
import type { UseStore } from 'idb-keyval';

/** A document as it lies in storage: still text, so that a damaged one can be told from a good one and shown to its owner. */
export interface StoredDocument {
  readonly documentId: string;
  /** Milliseconds since the epoch; the newest of two copies wins. */
  readonly savedAt: number;
  readonly text: string;
}

export interface StoredVersion extends StoredDocument {
  readonly name: string;
  /** Number of operators: tells versions apart in a list. */
  readonly nodeCount: number;
}

/** Where documents of this browser are kept. */
export interface DocumentStorage {
  read(documentId: string): Promise<StoredDocument | null>;
  write(stored: StoredDocument): Promise<void>;
  readVersions(): Promise<readonly StoredVersion[]>;
  writeVersions(versions: readonly StoredVersion[]): Promise<void>;
}

export function createIndexedDbStorage(): DocumentStorage {
  // Opened at first use: opening throws where IndexedDB is forbidden, and that must reach the caller as a rejection.
  let store: UseStore | undefined;
  const opened = () => (store ??= createStore('millrace', 'documents'));
  return {
    read: async (documentId) => (await get<StoredDocument>(`document/${documentId}`, opened())) ?? null,
    write: async (stored) => set(`document/${stored.documentId}`, stored, opened()),
    readVersions: async () => (await get<readonly StoredVersion[]>('versions', opened())) ?? [],
    writeVersions: async (versions) => set('versions', versions, opened()),
  };
}

/** The synchronous half: the latest state of a small document, and which document a tab shows. */
export interface SyncStorage {
  read(documentId: string): StoredDocument | null;
  write(stored: StoredDocument): void;
  remove(documentId: string): void;
  /** The document this tab showed, or else the one last shown in any tab. */
  currentId(): string | null;
  setCurrentId(documentId: string): void;
}

const COPY_KEY = 'millrace/latest/';
const CURRENT_KEY = 'millrace/current';

export function createSyncStorage(tab: Storage, shared: Storage): SyncStorage {
  return {
    read(documentId) {
      const text = shared.getItem(COPY_KEY + documentId);
      if (text === null) return null;
      try {
        const value = JSON.parse(text) as Partial<StoredDocument>;
        if (typeof value.savedAt !== 'number' || typeof value.text !== 'string') return null;
        return { documentId, savedAt: value.savedAt, text: value.text };
      } catch {
        // A half-written copy is no copy; the one in IndexedDB is used.
        return null;
      }
    },
    write(stored) {
      // One copy is enough: older documents are in IndexedDB by now.
      for (const key of copyKeys(shared)) if (key !== COPY_KEY + stored.documentId) shared.removeItem(key);
      shared.setItem(COPY_KEY + stored.documentId, JSON.stringify({ savedAt: stored.savedAt, text: stored.text }));
    },
    remove(documentId) {
      shared.removeItem(COPY_KEY + documentId);
    },
    currentId: () => tab.getItem(CURRENT_KEY) ?? shared.getItem(CURRENT_KEY),
    setCurrentId(documentId) {
      tab.setItem(CURRENT_KEY, documentId);
      shared.setItem(CURRENT_KEY, documentId);
    },
  };
}

function copyKeys(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter(
    (key): key is string => key !== null && key.startsWith(COPY_KEY),
  );
}
