import type { StateKind } from './state-descriptor.ts';
import { plainKindOf } from './state-descriptor.ts';

/** The states of an operator by number: what they are called, and of which kind they are. */
export class StateNames {
  readonly #names: string[] = [];
  readonly #kinds: StateKind[] = [];

  /** -1: there is no state of this name. */
  indexOf(stateName: string): number {
    return this.#names.indexOf(stateName);
  }

  /** Undefined: no state of this name was declared or restored. */
  kindOf(stateName: string): StateKind | undefined {
    return this.#kinds[this.indexOf(stateName)];
  }

  at(state: number): { readonly name: string; readonly kind: StateKind } {
    return { name: this.#names[state] as string, kind: this.#kinds[state] as StateKind };
  }

  /** Numbers of the states whose names are accepted. */
  named(accepts: (stateName: string) => boolean): readonly number[] {
    return this.#names.flatMap((name, state) => (accepts(name) ? [state] : []));
  }

  get count(): number {
    return this.#names.length;
  }

  /** Numbers of all states by name: equal states then give equal snapshots, whatever was declared first. */
  byName(): readonly number[] {
    return this.#names.map((_, state) => state).sort((a, b) => ((this.#names[a] as string) < (this.#names[b] as string) ? -1 : 1));
  }

  /** The number of a state. @throws when there is a state of this name and another kind. */
  declare(stateName: string, kind: StateKind): number {
    const known = this.indexOf(stateName);
    if (known < 0) {
      this.#kinds.push(kind);
      return this.#names.push(stateName) - 1;
    }
    const knownKind = this.#kinds[known] as StateKind;
    if (knownKind !== kind) throw new TypeError(differenceOf(stateName, knownKind, kind));
    return known;
  }
}

function differenceOf(stateName: string, known: StateKind, declared: StateKind): string {
  const [isOne, isOther] = [plainKindOf(known), plainKindOf(declared)];
  if (isOne !== isOther) return `State "${stateName}" is a ${isOne} state, not also a ${isOther} state. Give one of them another name.`;
  const [is, now] = known === isOne ? ['no time to live', 'one'] : ['a time to live', 'none'];
  return `State "${stateName}" has ${is}, and is asked for with ${now}. Use one descriptor for it everywhere, also after a restore, or another name.`;
}
