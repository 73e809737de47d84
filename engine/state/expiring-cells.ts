import type { Stamped } from './expiry.ts';
import { Expiry, SWEPT_KEYS } from './expiry.ts';
import type { StateHome } from './keyed-backend.ts';
import type { VOID_NAMESPACE } from './keyed-state-backend.ts';
import type { StateTable } from './state-table.ts';
import type { StateTtl } from './state-ttl.ts';

/**
 * A table whose cells expire as a whole: for value, reducing and aggregating state. What has expired is removed when it is met; where it must never
 * be seen, also from keys that are not met, a few with every access.
 */
export class ExpiringCells implements StateTable<typeof VOID_NAMESPACE> {
  readonly #backend: StateHome;
  readonly #expiry: Expiry;

  constructor(backend: StateHome, ttl: StateTtl, now: () => number) {
    this.#backend = backend;
    this.#expiry = new Expiry(ttl, now);
  }

  read(slot: number, namespace: typeof VOID_NAMESPACE): unknown {
    this.#sweep(slot);
    const stamped = this.#backend.read(slot, namespace) as Stamped<unknown> | undefined;
    if (stamped === undefined) return undefined;
    if (this.#expiry.hasExpired(stamped)) this.#backend.remove(slot, namespace);
    else if (this.#expiry.isRenewedByReading) this.#backend.write(slot, namespace, this.#expiry.stamp(stamped[0]));
    return this.#expiry.visible(stamped);
  }

  readLive(slot: number, namespace: typeof VOID_NAMESPACE): unknown {
    this.#sweep(slot);
    const stamped = this.#backend.read(slot, namespace) as Stamped<unknown> | undefined;
    return stamped === undefined || this.#expiry.hasExpired(stamped) ? undefined : stamped[0];
  }

  write(slot: number, namespace: typeof VOID_NAMESPACE, content: unknown): void {
    this.#backend.write(slot, namespace, this.#expiry.stamp(content));
  }

  remove(slot: number, namespace: typeof VOID_NAMESPACE): void {
    this.#backend.remove(slot, namespace);
  }

  #sweep(slot: number): void {
    if (!this.#expiry.isSwept) return;
    this.#backend.sweep(slot, SWEPT_KEYS, (content) => (this.#expiry.hasExpired(content as Stamped<unknown>) ? undefined : content));
  }
}
