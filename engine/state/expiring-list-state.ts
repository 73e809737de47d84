import type { Stamped } from './expiry.ts';
import { Expiry, SWEPT_KEYS } from './expiry.ts';
import type { StateHome } from './keyed-backend.ts';
import { elementOf } from './list-element.ts';
import { VOID_NAMESPACE } from './keyed-state-backend.ts';
import type { StateTtl } from './state-ttl.ts';

/** A list whose elements expire one by one. */
export class ExpiringListState<T> {
  readonly #backend: StateHome;
  readonly #slot: number;
  readonly #expiry: Expiry;

  constructor(backend: StateHome, slot: number, ttl: StateTtl, now: () => number) {
    this.#backend = backend;
    this.#slot = slot;
    this.#expiry = new Expiry(ttl, now);
  }

  get(): readonly T[] {
    const elements = this.#read();
    const live = elements.filter((element) => !this.#expiry.hasExpired(element));
    if (this.#expiry.isRenewedByReading) this.#write(live.map(([value]) => this.#expiry.stamp(value)));
    else if (live.length < elements.length) this.#write(live);
    return elements.flatMap((element) => {
      const value = this.#expiry.visible(element);
      return value === undefined ? [] : [value];
    });
  }

  add(element: T): void {
    this.#write([...this.#read(), this.#stamped(element)]);
  }

  addAll(elements: Iterable<T>): void {
    this.#write([...this.#read(), ...[...elements].map((element) => this.#stamped(element))]);
  }

  update(elements: Iterable<T>): void {
    this.#write([...elements].map((element) => this.#stamped(element)));
  }

  clear(): void {
    this.#backend.remove(this.#slot, VOID_NAMESPACE);
  }

  #stamped(element: T): Stamped<T> {
    return this.#expiry.stamp(elementOf(element));
  }

  #read(): readonly Stamped<T>[] {
    this.#sweep();
    return (this.#backend.read(this.#slot, VOID_NAMESPACE) as readonly Stamped<T>[] | undefined) ?? [];
  }

  #write(elements: readonly Stamped<T>[]): void {
    if (elements.length === 0) this.clear();
    else this.#backend.write(this.#slot, VOID_NAMESPACE, elements);
  }

  #sweep(): void {
    if (!this.#expiry.isSwept) return;
    this.#backend.sweep(this.#slot, SWEPT_KEYS, (content) => {
      const live = (content as readonly Stamped<T>[]).filter((element) => !this.#expiry.hasExpired(element));
      return live.length === 0 ? undefined : live;
    });
  }
}
