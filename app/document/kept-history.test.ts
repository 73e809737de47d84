import { describe, expect, it } from 'vitest';
import { emptyDocument, parseDocument } from '../../engine/api/index.ts';
import { createDocumentStore } from './create-document-store.ts';
import { keepHistory, restoreHistory } from './kept-history.ts';

/** What a tab remembers over a reload. */
function newStorage(room = Number.POSITIVE_INFINITY): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException('no room', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage;
}

const analyze = () => ({ problems: [], nodes: new Map(), edges: new Map(), order: [], chains: [], runnable: false }) as never;
const newStore = (document = emptyDocument('d')) => createDocumentStore(document, { analyze, now: () => 0 });

function edited() {
  const store = newStore();
  for (const name of ['one', 'two', 'three'])
    store.getState().apply({ kind: 'set-job', patch: { name } }, `Rename to ${name}`, { coalesce: name });
  store.getState().undo();
  return store;
}

describe('the history of a tab', () => {
  it('goes on after a reload, both ways', () => {
    const before = edited();
    const storage = newStorage();
    keepHistory(storage, before);
    const after = newStore(parseDocument(JSON.stringify(before.getState().document)));
    restoreHistory(storage, after, parseDocument);
    expect(after.getState()).toMatchObject({ undoLabel: 'Rename to two', redoLabel: 'Rename to three' });
    after.getState().redo();
    expect(after.getState().document.job.name).toBe('three');
    after.getState().undo();
    after.getState().undo();
    expect(after.getState().document.job.name).toBe('one');
    after.getState().undo();
    expect(after.getState()).toMatchObject({ canUndo: false, document: emptyDocument('d') });
  });

  it('is left alone by a document that was changed elsewhere meanwhile', () => {
    const storage = newStorage();
    keepHistory(storage, edited());
    const after = newStore({ ...emptyDocument('d'), job: { ...emptyDocument('d').job, name: 'by another tab' } });
    restoreHistory(storage, after, parseDocument);
    expect(after.getState().canUndo).toBe(false);
  });

  it('begins anew when there was no room, or what is kept is damaged', () => {
    const before = edited();
    const small = newStorage(10);
    keepHistory(small, before);
    const damaged = newStorage();
    damaged.setItem('millrace/history', '{"of": 1');
    for (const storage of [small, damaged, newStorage()]) {
      const after = newStore(before.getState().document);
      restoreHistory(storage, after, parseDocument);
      expect(after.getState().canUndo).toBe(false);
    }
  });

  it('keeps the newest steps of large documents', () => {
    const store = newStore({
      ...emptyDocument('d'),
      data: [{ id: 'f', name: 'f', format: 'csv', source: { kind: 'inline', text: 'x'.repeat(300_000) } }],
    });
    for (let i = 0; i < 9; i++)
      store.getState().apply({ kind: 'set-job', patch: { name: `${i}` } }, `Rename to ${i}`, { coalesce: `${i}` });
    const storage = newStorage();
    keepHistory(storage, store);
    const after = newStore(store.getState().document);
    restoreHistory(storage, after, parseDocument);
    expect(
      after
        .getState()
        .history()
        .undo.map((step) => step.label),
    ).toEqual(['Rename to 6', 'Rename to 7', 'Rename to 8']);
  });
});
