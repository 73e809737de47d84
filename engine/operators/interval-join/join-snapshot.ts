import type { Row } from '../../batch/schema.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { assert } from '../../util/assert.ts';

/** What is kept of one key, in order of arrival: the layout that both paths write and read. */
export type BufferSnapshot = readonly [key: KeyValue, left: readonly BufferedSnapshot[], right: readonly BufferedSnapshot[]];

export type BufferedSnapshot = readonly [timestamp: number, record: Row];

const VERSION = 1;

export function snapshotOf(entries: readonly BufferSnapshot[], keyGroupOf: (key: KeyValue) => number): KeyedStateSnapshot {
  const keyGroups = new Map<number, BufferSnapshot[]>();
  for (const entry of entries) {
    const keyGroup = keyGroupOf(entry[0]);
    const ofGroup = keyGroups.get(keyGroup);
    if (ofGroup === undefined) keyGroups.set(keyGroup, [entry]);
    else ofGroup.push(entry);
  }
  return { version: VERSION, keyGroups };
}

export function buffersOf(snapshot: KeyedStateSnapshot): readonly BufferSnapshot[] {
  assert(snapshot.version === VERSION, () => `join state of layout version ${snapshot.version} can be read`);
  return [...snapshot.keyGroups.values()].flat() as BufferSnapshot[];
}
