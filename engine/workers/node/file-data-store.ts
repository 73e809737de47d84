import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { DataStore } from '../../scheduler/data-store.ts';

/** Files on disk, by data id. */
export class FileDataStore implements DataStore {
  readonly #paths: ReadonlyMap<string, string>;
  readonly #handles = new Map<string, FileHandle>();

  constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  async size(dataId: string): Promise<number | null> {
    const path = this.#paths.get(dataId);
    return path === undefined ? null : (await stat(path)).size;
  }

  async read(dataId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    let handle = this.#handles.get(dataId);
    if (handle === undefined) {
      const path = this.#paths.get(dataId);
      if (path === undefined) throw new Error('no file was given for it');
      handle = await open(path);
      this.#handles.set(dataId, handle);
    }
    const buffer = new Uint8Array(length);
    const { bytesRead } = await handle.read(buffer, 0, length, offset);
    return bytesRead === length ? buffer : buffer.slice(0, bytesRead);
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close();
    this.#handles.clear();
  }
}
