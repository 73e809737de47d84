import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { DataStore } from '../../scheduler/data-store.ts';

/** Files on disk, by data id. */
export class FileDataStore implements DataStore {
  readonly #paths: ReadonlyMap<string, string>;
  /** Promises, because several reads may ask for the first time at once. */
  readonly #handles = new Map<string, Promise<FileHandle>>();

  constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  async size(dataId: string): Promise<number | null> {
    const path = this.#paths.get(dataId);
    return path === undefined ? null : (await stat(path)).size;
  }

  async read(dataId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const handle = await this.#open(dataId);
    const buffer = new Uint8Array(length);
    const { bytesRead } = await handle.read(buffer, 0, length, offset);
    return bytesRead === length ? buffer : buffer.slice(0, bytesRead);
  }

  async close(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    for (const handle of handles) await (await handle).close();
  }

  #open(dataId: string): Promise<FileHandle> {
    const known = this.#handles.get(dataId);
    if (known !== undefined) return known;
    const path = this.#paths.get(dataId);
    if (path === undefined) return Promise.reject(new Error('no file was given for it'));
    const handle = open(path);
    this.#handles.set(dataId, handle);
    return handle;
  }
}
