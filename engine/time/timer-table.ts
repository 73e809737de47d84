import { finishHash, foldNumber, foldWord, hashText } from '../util/hash.ts';
import type { Identity } from './timer-service.ts';

/** What the table keeps of an entry. */
export interface TabledTimer {
  readonly keyId: Identity;
  readonly namespaceId: Identity;
  readonly timestamp: number;
  /** Both written by the table only: the hash of the three above, and the next entry of the same bucket. */
  hash: number;
  next: this | undefined;
}

const FIRST_CAPACITY = 16;

/**
 * Finds a timer by key, namespace and timestamp. One table with chains, because a map of maps of maps costs half a kilobyte for a timer that is alone
 * with its key, and a million of those is the usual case.
 */
export class TimerTable<T extends TabledTimer> {
  #buckets: (T | undefined)[] = new Array<T | undefined>(FIRST_CAPACITY).fill(undefined);
  #size = 0;

  find(keyId: Identity, namespaceId: Identity, timestamp: number): T | undefined {
    const hash = hashOf(keyId, namespaceId, timestamp);
    let entry = this.#buckets[hash & (this.#buckets.length - 1)];
    while (entry !== undefined && !(entry.hash === hash && isSame(entry, keyId, namespaceId, timestamp))) entry = entry.next;
    return entry;
  }

  /** The entry must not be in the table. */
  add(entry: T): void {
    if (this.#size >= this.#buckets.length) this.#resize(this.#buckets.length * 2);
    entry.hash = hashOf(entry.keyId, entry.namespaceId, entry.timestamp);
    this.#link(entry);
    this.#size++;
  }

  /** The entry must be in the table. */
  remove(entry: T): void {
    const at = entry.hash & (this.#buckets.length - 1);
    const first = this.#buckets[at] as T;
    if (first === entry) this.#buckets[at] = entry.next;
    else {
      let before = first;
      while (before.next !== entry) before = before.next as T;
      before.next = entry.next;
    }
    entry.next = undefined;
    this.#size--;
    // A burst must not hold its memory for ever.
    if (this.#buckets.length > FIRST_CAPACITY && this.#size * 8 < this.#buckets.length) this.#resize(this.#buckets.length / 4);
  }

  #resize(capacity: number): void {
    const entries = this.#buckets;
    this.#buckets = new Array<T | undefined>(Math.max(FIRST_CAPACITY, capacity)).fill(undefined);
    for (let entry of entries) {
      while (entry !== undefined) {
        const following = entry.next;
        this.#link(entry);
        entry = following;
      }
    }
  }

  #link(entry: T): void {
    const at = entry.hash & (this.#buckets.length - 1);
    entry.next = this.#buckets[at];
    this.#buckets[at] = entry;
  }
}

/** -0 is 0 and NaN is NaN, as in a `Map`. */
function isSame(entry: TabledTimer, keyId: Identity, namespaceId: Identity, timestamp: number): boolean {
  return entry.timestamp === timestamp && sameIdentity(entry.keyId, keyId) && sameIdentity(entry.namespaceId, namespaceId);
}

function sameIdentity(a: Identity, b: Identity): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function hashOf(keyId: Identity, namespaceId: Identity, timestamp: number): number {
  return finishHash(foldNumber(foldIdentity(foldIdentity(0, keyId), namespaceId), timestamp));
}

function foldIdentity(hash: number, id: Identity): number {
  switch (typeof id) {
    case 'number':
      return foldNumber(hash, id);
    case 'string':
      return foldWord(hash, hashText(id));
    case 'boolean':
      return foldWord(hash, id ? 1 : 2);
    default:
      return foldWord(hash, hashText(String(id)));
  }
}
