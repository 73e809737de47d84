import type { DataStore } from '../scheduler/data-store.ts';

const FOLDER = 'data';

/** Larger files are usable before their copy is complete. */
const COPY_AT_ONCE_BYTES = 64 << 20;

/**
 * Files the user dropped. A new file is readable at once from the Blob itself, while a copy goes to the origin private file system, where
 * it survives a reload. Without that file system (private windows of some browsers) files last as long as the tab.
 */
export class OpfsDataStore implements DataStore {
  readonly #blobs = new Map<string, Blob>();
  readonly #folder: Promise<FileSystemDirectoryHandle | null>;

  constructor() {
    this.#folder = openFolder();
  }

  async put(dataId: string, blob: Blob): Promise<void> {
    this.#blobs.set(dataId, blob);
    const copied = this.#copy(dataId, blob);
    if (blob.size <= COPY_AT_ONCE_BYTES) await copied;
  }

  async #copy(dataId: string, blob: Blob): Promise<void> {
    const folder = await this.#folder;
    if (folder === null) return;
    try {
      const file = await folder.getFileHandle(fileNameOf(dataId), { create: true });
      const writable = await file.createWritable();
      await blob.stream().pipeTo(writable);
    } catch (error) {
      // No room, or the file changed under the copy. It stays readable from the Blob for as long as the tab lives, and a half copy must not pass for it.
      console.warn(`The file could not be kept for a later visit: ${(error as Error).message}`); // oxlint-disable-line no-console -- the only place where a background copy can say so
      await folder.removeEntry(fileNameOf(dataId)).catch(() => undefined);
    }
  }

  async remove(dataId: string): Promise<void> {
    this.#blobs.delete(dataId);
    const folder = await this.#folder;
    if (folder !== null && (await this.#stored(dataId)) !== null) await folder.removeEntry(fileNameOf(dataId));
  }

  /** The kept bytes, or null. */
  async blob(dataId: string): Promise<Blob | null> {
    const known = this.#blobs.get(dataId);
    if (known !== undefined) return known;
    const stored = await this.#stored(dataId);
    if (stored !== null) this.#blobs.set(dataId, stored);
    return stored;
  }

  async size(dataId: string): Promise<number | null> {
    return (await this.blob(dataId))?.size ?? null;
  }

  async read(dataId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const blob = await this.blob(dataId);
    if (blob === null) throw new Error('it is not in this browser any more');
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  }

  async #stored(dataId: string): Promise<File | null> {
    const folder = await this.#folder;
    if (folder === null) return null;
    try {
      const handle = await folder.getFileHandle(fileNameOf(dataId));
      return await handle.getFile();
    } catch (error) {
      if ((error as DOMException).name === 'NotFoundError') return null;
      throw error;
    }
  }
}

async function openFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    // SecurityError: the browser forbids storage here. Files then live in memory only; `dataSize` after a reload says so.
    if ((error as DOMException).name === 'SecurityError') return null;
    throw error;
  }
}

function fileNameOf(dataId: string): string {
  return encodeURIComponent(dataId);
}
