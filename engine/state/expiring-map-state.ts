import type { Identity } from '../time/timer-service.ts';
import type { Stamped } from './expiry.ts';
import { Expiry, SWEPT_KEYS } from './expiry.ts';
import { identityOf } from './identity-of.ts';
import type { StateHome } from './keyed-backend.ts';
import { VOID_NAMESPACE } from './keyed-state-backend.ts';
import type { StateTtl } from './state-ttl.ts';

type StampedEntries<UK, UV> = Map<Identity, readonly [key: UK, value: Stamped<UV>]>;

/** A map whose entries expire one by one. */
export class ExpiringMapState<UK, UV> {
  readonly #backend: StateHome;
  readonly #slot: number;
  readonly #expiry: Expiry;

  constructor(backend: StateHome, slot: number, ttl: StateTtl, now: () => number) {
    this.#backend = backend;
    this.#slot = slot;
    this.#expiry = new Expiry(ttl, now);
  }

  get(key: UK): UV | null {
    const content = this.#content();
    const entry = content?.get(identityOf(key));
    return content === undefined || entry === undefined ? null : (this.#visit(content, entry) ?? null);
  }

  has(key: UK): boolean {
    const content = this.#content();
    const entry = content?.get(identityOf(key));
    return content !== undefined && entry !== undefined && this.#visit(content, entry) !== undefined;
  }

  contains(key: UK): boolean {
    return this.has(key);
  }

  put(key: UK, value: UV): void {
    const content: StampedEntries<UK, UV> = this.#content() ?? new Map();
    content.set(identityOf(key), [key, this.#expiry.stamp(value)]);
    this.#backend.write(this.#slot, VOID_NAMESPACE, content);
  }

  putAll(entries: Iterable<readonly [key: UK, value: UV]>): void {
    for (const [key, value] of entries) this.put(key, value);
  }

  remove(key: UK): void {
    const content = this.#content();
    content?.delete(identityOf(key));
    if (content?.size === 0) this.clear();
  }

  entries(): readonly (readonly [key: UK, value: UV])[] {
    const content = this.#content();
    if (content === undefined) return [];
    return [...content.values()].flatMap((entry) => {
      const value = this.#visit(content, entry);
      return value === undefined ? [] : [[entry[0], value] as const];
    });
  }

  keys(): readonly UK[] {
    return this.entries().map(([key]) => key);
  }

  values(): readonly UV[] {
    return this.entries().map(([, value]) => value);
  }

  isEmpty(): boolean {
    return this.entries().length === 0;
  }

  clear(): void {
    this.#backend.remove(this.#slot, VOID_NAMESPACE);
  }

  /** Reads an entry: removes it when it has expired, renews it when reading does that. */
  #visit(content: StampedEntries<UK, UV>, [key, stamped]: readonly [UK, Stamped<UV>]): UV | undefined {
    if (this.#expiry.hasExpired(stamped)) {
      content.delete(identityOf(key));
      if (content.size === 0) this.clear();
    } else if (this.#expiry.isRenewedByReading) content.set(identityOf(key), [key, this.#expiry.stamp(stamped[0])]);
    return this.#expiry.visible(stamped);
  }

  #content(): StampedEntries<UK, UV> | undefined {
    if (this.#expiry.isSwept) {
      this.#backend.sweep(this.#slot, SWEPT_KEYS, (content) => {
        const entries = content as StampedEntries<UK, UV>;
        for (const [id, [, stamped]] of entries) if (this.#expiry.hasExpired(stamped)) entries.delete(id);
        return entries.size === 0 ? undefined : entries;
      });
    }
    return this.#backend.read(this.#slot, VOID_NAMESPACE) as StampedEntries<UK, UV> | undefined;
  }
}
