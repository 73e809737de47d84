import { beforeEach, describe, expect, test } from 'vitest';
import { emptyDocument } from '../../engine/api/index.ts';
import type { PipelineDocument } from '../../engine/api/index.ts';
import { parseDocument } from '../../engine/api/index.ts';
import { Autosave } from './autosave.ts';
import type { DocumentStorage, StoredDocument, StoredVersion, SyncStorage } from './document-storage.ts';

/** One browser: what it keeps survives a new `Autosave`; timers run when told to. */
class FakeBrowser implements DocumentStorage {
  documents = new Map<string, StoredDocument>();
  kept: readonly StoredVersion[] = [];
  copies = new Map<string, StoredDocument>();
  current: string | null = null;
  time = 1000;
  timers = new Map<number, () => void>();
  troubles: (string | null)[] = [];
  broken = false;

  async read(documentId: string) {
    if (this.broken) throw new Error('storage is broken');
    return this.documents.get(documentId) ?? null;
  }
  async write(stored: StoredDocument) {
    if (this.broken) throw new Error('storage is broken');
    this.documents.set(stored.documentId, stored);
  }
  async readVersions() {
    return this.kept;
  }
  async writeVersions(versions: readonly StoredVersion[]) {
    this.kept = versions;
  }

  readonly sync: SyncStorage = {
    read: (documentId) => this.copies.get(documentId) ?? null,
    write: (stored) => void this.copies.set(stored.documentId, stored),
    remove: (documentId) => void this.copies.delete(documentId),
    currentId: () => this.current,
    setCurrentId: (documentId) => {
      this.current = documentId;
    },
  };

  open(): Autosave {
    return new Autosave({
      storage: this,
      sync: this.sync,
      parse: parseDocument,
      now: () => this.time,
      setTimer: (run) => {
        this.timers.set(this.timers.size + 1, run);
        return this.timers.size;
      },
      clearTimer: (timer) => void this.timers.delete(timer),
      onTrouble: (trouble) => this.troubles.push(trouble),
    });
  }
}

const named = (name: string): PipelineDocument => {
  const document = emptyDocument('d');
  return { ...document, job: { ...document.job, name } };
};

let browser: FakeBrowser;
beforeEach(() => {
  browser = new FakeBrowser();
});

describe('autosave', () => {
  test('nothing stored: nothing restored', async () => {
    expect(await browser.open().restore()).toEqual({ document: null, damaged: null });
  });

  test('a crash right after an edit loses nothing', async () => {
    const autosave = browser.open();
    autosave.changed(named('first'));
    await autosave.flush();
    browser.time += 1;
    autosave.changed(named('typed just now'));
    expect((await browser.open().restore()).document).toEqual(named('typed just now'));
  });

  test('edits in quick succession are written once, the last of them', async () => {
    const autosave = browser.open();
    for (const name of ['a', 'ab', 'abc']) autosave.changed(named(name));
    expect(browser.timers.size).toBe(1);
    await autosave.flush();
    expect(JSON.parse(browser.documents.get('d')?.text ?? '')).toEqual(named('abc'));
    expect(browser.timers.size).toBe(0);
  });

  test('a document too large for the synchronous copy leaves no stale copy behind', async () => {
    const autosave = browser.open();
    autosave.changed(named('small'));
    const large = {
      ...named('large'),
      data: [{ id: 'x', name: 'x.csv', format: 'csv' as const, source: { kind: 'inline' as const, text: '1\n'.repeat(200_000) } }],
    };
    browser.time += 1;
    autosave.changed(large);
    expect(browser.copies.size).toBe(0);
    await autosave.flush();
    expect((await browser.open().restore()).document).toEqual(large);
  });

  test('a damaged copy is passed over for an older good one', async () => {
    const autosave = browser.open();
    autosave.changed(named('good'));
    await autosave.flush();
    browser.copies.set('d', { documentId: 'd', savedAt: browser.time + 5, text: '{"half' });
    expect((await browser.open().restore()).document).toEqual(named('good'));
  });

  test('when no copy is readable the text is handed out, not thrown away', async () => {
    browser.current = 'd';
    browser.copies.set('d', { documentId: 'd', savedAt: 5, text: '{"half' });
    const restored = await browser.open().restore();
    expect(restored.document).toBeNull();
    expect(restored.damaged?.text).toBe('{"half');
    expect(restored.damaged?.reason).toMatch(/not JSON/);
  });

  test('trouble with the storage is told once, and so is its end; the synchronous copy still restores', async () => {
    const autosave = browser.open();
    browser.broken = true;
    autosave.changed(named('kept anyway'));
    await autosave.flush();
    expect(browser.troubles).toEqual(['storage is broken']);
    expect((await browser.open().restore()).document).toEqual(named('kept anyway'));

    browser.broken = false;
    browser.troubles = [];
    autosave.changed(named('again'));
    await autosave.flush();
    expect(browser.troubles).toEqual([null]);
  });

  test('a version a minute, twenty at most, newest first, none for a look around', async () => {
    const autosave = browser.open();
    for (let minute = 1; minute <= 25; minute++) {
      browser.time += 60_000;
      autosave.changed(named(`minute ${minute}`));
      await autosave.flush();
      autosave.changed(named(`minute ${minute}, later`));
      await autosave.flush();
    }
    expect(browser.kept.map((version) => version.name)).toEqual(Array.from({ length: 20 }, (_, i) => `minute ${25 - i}`));
    browser.time += 60_000;
    autosave.changed({ ...named('minute 25'), view: { x: 1, y: 2, zoom: 1 } });
    await autosave.flush();
    expect(browser.kept).toHaveLength(20);
    expect(browser.kept[0]?.name).toBe('minute 25');
  });
});
