import type { PipelineDocument } from '../../engine/api/index.ts';
import type { DocumentStorage, StoredDocument, StoredVersion, SyncStorage } from './document-storage.ts';

const DEBOUNCE_MS = 120;
/** A document larger than this is not written synchronously: it would be felt at every key press. */
const SYNC_COPY_CHARACTERS = 200_000;
export const KEPT_VERSIONS = 20;
const VERSION_INTERVAL_MS = 60_000;

export interface AutosaveEnvironment {
  readonly storage: DocumentStorage;
  readonly sync: SyncStorage;
  readonly parse: (text: string) => PipelineDocument;
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => number;
  readonly clearTimer: (timer: number) => void;
  /** Saving began to fail (with what the browser said), or works again (null). */
  readonly onTrouble: (trouble: string | null) => void;
}

export interface Restored {
  readonly document: PipelineDocument | null;
  /** Present when something was stored but could not be read; the text is what was found. */
  readonly damaged: { readonly reason: string; readonly text: string } | null;
}

/**
 * Keeps the document through reloads and crashes: at every change a synchronous copy (small documents), shortly after a
 * write to IndexedDB, and now and then a version to go back to.
 */
export class Autosave {
  readonly #environment: AutosaveEnvironment;

  #pending: PipelineDocument | null = null;
  #timer: number | null = null;
  #writing: Promise<void> = Promise.resolve();
  #versionAt = Number.NEGATIVE_INFINITY;
  #versionOf: string | null = null;
  #inTrouble = false;

  constructor(environment: AutosaveEnvironment) {
    this.#environment = environment;
  }

  /** The document to show at start: the newest readable copy of the one this tab showed. */
  async restore(): Promise<Restored> {
    const { sync, storage } = this.#environment;
    const documentId = sync.currentId();
    if (documentId === null) return { document: null, damaged: null };
    let kept: StoredDocument | null = null;
    let trouble: string | null = null;
    try {
      kept = await storage.read(documentId);
    } catch (error) {
      trouble = (error as Error).message;
    }
    const copies = [sync.read(documentId), kept].filter((copy) => copy !== null).sort((a, b) => b.savedAt - a.savedAt);
    if (trouble !== null) this.#report(trouble);
    return this.#firstReadable(copies);
  }

  /** Call at every change, with `urgent` when the document was replaced. */
  changed(document: PipelineDocument): void {
    const { sync, setTimer } = this.#environment;
    this.#pending = document;
    this.#copy(document);
    sync.setCurrentId(document.id);
    this.#timer ??= setTimer(() => {
      this.#timer = null;
      void this.flush();
    }, DEBOUNCE_MS);
  }

  /** Writes what is pending now. Resolves when it is on disk (or the failure was reported). */
  flush(): Promise<void> {
    const document = this.#pending;
    if (document === null) return this.#writing;
    this.#pending = null;
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write(document));
    return this.#writing;
  }

  versions(): Promise<readonly StoredVersion[]> {
    return this.#environment.storage.readVersions();
  }

  /** Keeps this state as a version of its own, e.g. before another document takes its place. */
  async keepVersion(document: PipelineDocument): Promise<void> {
    const { storage, now } = this.#environment;
    const text = JSON.stringify(document);
    const version = { documentId: document.id, savedAt: now(), text, name: document.job.name, nodeCount: document.nodes.length };
    const versions = await storage.readVersions();
    if (versions[0] !== undefined && sameContent(versions[0].text, document)) return;
    await storage.writeVersions([version, ...versions].slice(0, KEPT_VERSIONS));
    this.#versionAt = now();
    this.#versionOf = document.id;
  }

  #firstReadable(copies: readonly StoredDocument[]): Restored {
    let damaged: Restored['damaged'] = null;
    for (const copy of copies) {
      try {
        return { document: this.#environment.parse(copy.text), damaged: null };
      } catch (error) {
        damaged ??= { reason: (error as Error).message, text: copy.text };
      }
    }
    return { document: null, damaged };
  }

  #copy(document: PipelineDocument): void {
    const { sync, now } = this.#environment;
    try {
      const text = inlineCharacters(document) > SYNC_COPY_CHARACTERS ? null : JSON.stringify(document);
      if (text === null || text.length > SYNC_COPY_CHARACTERS) sync.remove(document.id);
      else sync.write({ documentId: document.id, savedAt: now(), text });
    } catch {
      // The quota of localStorage is small and shared; IndexedDB, written in a moment, is the one that counts and reports.
      sync.remove(document.id);
    }
  }

  async #write(document: PipelineDocument): Promise<void> {
    const { storage, now } = this.#environment;
    try {
      await storage.write({ documentId: document.id, savedAt: now(), text: JSON.stringify(document) });
      if (this.#versionOf !== document.id || now() - this.#versionAt >= VERSION_INTERVAL_MS) await this.keepVersion(document);
      this.#report(null);
    } catch (error) {
      this.#report((error as Error).message);
    }
  }

  #report(trouble: string | null): void {
    if (trouble === null && !this.#inTrouble) return;
    this.#inTrouble = trouble !== null;
    this.#environment.onTrouble(trouble);
  }
}

function inlineCharacters(document: PipelineDocument): number {
  return document.data.reduce((sum, data) => sum + (data.source.kind === 'inline' ? data.source.text.length : 0), 0);
}

/** Looking around (the viewport) makes no new version. */
function sameContent(text: string, document: PipelineDocument): boolean {
  const stored = JSON.parse(text) as PipelineDocument;
  return JSON.stringify({ ...stored, view: undefined }) === JSON.stringify({ ...document, view: undefined });
}
