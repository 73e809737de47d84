import { keyGroupRangeOf } from './key-group.ts';
import type { ListMode, OperatorStateSnapshot } from './operator-state-backend.ts';
import type { KeyedStateSnapshot } from './snapshot.ts';

type NamedItems = readonly [stateName: string, mode: ListMode, items: readonly unknown[]];

/**
 * The state of an operator for another number of subtasks (Flink: `StateAssignmentOperation`). Keyed state goes by key group, split lists are dealt
 * out, union lists and broadcast state go to everyone. With the same number of subtasks each keeps its own, but for union lists.
 * @param old One per former subtask; null = it reported nothing.
 */
export function redistributeState(
  old: readonly (KeyedStateSnapshot | null)[],
  parallelism: number,
  maxParallelism: number,
): readonly KeyedStateSnapshot[] {
  const reported = old.filter((snapshot) => snapshot !== null);
  const version = reported[0]?.version ?? 1;
  const keyGroups = reported.flatMap((snapshot) => [...snapshot.keyGroups]);
  const operatorStates = redistributeOperatorState(operatorStatesOf(old), parallelism);
  return operatorStates.map((operatorState, subtask) => {
    const { first, last } = keyGroupRangeOf(subtask, maxParallelism, parallelism);
    const owned = new Map(keyGroups.filter(([keyGroup]) => keyGroup >= first && keyGroup <= last));
    const isEmpty = operatorState.lists.length === 0 && operatorState.broadcast.length === 0;
    return isEmpty ? { version, keyGroups: owned } : { version, keyGroups: owned, operatorState };
  });
}

/**
 * In Flink the subtasks of an operator register its states when they open. Here a function may ask for one with its first record: in a subtask that has
 * not done so yet broadcast state is empty, not missing. It must not get what others know by now, which is still on its way to it.
 */
function operatorStatesOf(old: readonly (KeyedStateSnapshot | null)[]): readonly (OperatorStateSnapshot | null)[] {
  const names = new Set(old.flatMap((snapshot) => (snapshot?.operatorState?.broadcast ?? []).map(([name]) => name)));
  return old.map((snapshot) => {
    if (snapshot === null) return null;
    const { lists = [], broadcast = [] } = snapshot.operatorState ?? {};
    const missing = [...names].filter((name) => !broadcast.some(([other]) => other === name));
    return { lists, broadcast: [...broadcast, ...missing.map((name) => [name, []] as const)] };
  });
}

/** After Flink's `RoundRobinOperatorStateRepartitioner`. */
export function redistributeOperatorState(
  old: readonly (OperatorStateSnapshot | null)[],
  parallelism: number,
): readonly OperatorStateSnapshot[] {
  const lists = listsOf(old, parallelism);
  const broadcast = broadcastOf(old, parallelism);
  return Array.from({ length: parallelism }, (_, subtask) => ({ lists: lists[subtask] ?? [], broadcast: broadcast[subtask] ?? [] }));
}

function listsOf(old: readonly (OperatorStateSnapshot | null)[], parallelism: number): readonly NamedItems[][] {
  const result: NamedItems[][] = Array.from({ length: parallelism }, () => []);
  const states = new Map(old.flatMap((snapshot) => (snapshot?.lists ?? []).map(([name, mode]) => [name, mode] as const)));
  const dealer = new Dealer(parallelism);
  for (const [name, mode] of states) {
    const parts = old.map((snapshot) => snapshot?.lists.find(([other]) => other === name)?.[2] ?? []);
    const dealt = mode === 'union' ? result.map(() => parts.flat()) : parallelism === old.length ? parts : dealer.deal(parts.flat());
    for (const [subtask, items] of dealt.entries()) result[subtask]?.push([name, mode, items]);
  }
  return result;
}

/**
 * Deals the items of one list after the other in contiguous runs; the first subtasks get the ones left over. Of the next list these go to
 * the subtasks that come after, so that many short lists do not all end up at the first subtasks.
 */
class Dealer {
  readonly #parallelism: number;
  #start = 0;

  constructor(parallelism: number) {
    this.#parallelism = parallelism;
  }

  deal(items: readonly unknown[]): readonly (readonly unknown[])[] {
    const base = Math.floor(items.length / this.#parallelism);
    const odd = items.length % this.#parallelism;
    const parts: (readonly unknown[])[] = Array.from({ length: this.#parallelism }, () => []);
    let at = 0;
    for (let i = 0; i < this.#parallelism; i++) {
      const count = i < odd ? base + 1 : base;
      parts[(i + this.#start) % this.#parallelism] = items.slice(at, at + count);
      at += count;
    }
    this.#start = (this.#start + odd) % this.#parallelism;
    return parts;
  }
}

function broadcastOf(old: readonly (OperatorStateSnapshot | null)[], parallelism: number): readonly OperatorStateSnapshot['broadcast'][] {
  const holders = old.filter((snapshot) => snapshot !== null && snapshot.broadcast.length > 0) as OperatorStateSnapshot[];
  return Array.from({ length: parallelism }, (_, subtask) => {
    const own = parallelism === old.length ? old[subtask]?.broadcast : undefined;
    if (own !== undefined && own.length > 0) return own;
    return holders[subtask % Math.max(1, holders.length)]?.broadcast ?? [];
  });
}
