import { javaHashCode } from '../../../functions/java-hash.ts';
import type { FieldType } from '../../../batch/schema.ts';
import { keyGroupOf, keyGroupRangeOf } from '../../../state/key-group.ts';
import { KeyedStateBackend, VOID_NAMESPACE } from '../../../state/keyed-state-backend.ts';
import { OperatorStateBackend } from '../../../state/operator-state-backend.ts';
import { redistributeState } from '../../../state/redistribute-state.ts';
import type { KeyedStateSnapshot } from '../../../state/snapshot.ts';
import { valueStateDescriptor } from '../../../state/state-descriptor.ts';
import { expectSame, sameMultiset, sameValue, textOf } from '../same-value.ts';
import type { Adapters, Json, Vector } from '../vector.ts';

type Mode = 'SPLIT_DISTRIBUTE' | 'UNION' | 'BROADCAST' | 'KEYED';

interface RescaledState {
  readonly name: string;
  readonly mode: Mode;
  readonly keyType?: string;
  /** By former subtask; null: it reported nothing. */
  readonly old: readonly (readonly unknown[] | null)[];
}

/** The real backends of one subtask, filled with, or read for, the states of a vector. */
class SubtaskState {
  readonly keyed: KeyedStateBackend<unknown>;
  readonly operator = new OperatorStateBackend();

  constructor(states: readonly RescaledState[], maxParallelism: number) {
    const types = new Set(states.flatMap(({ keyType }) => keyType ?? []));
    if (types.size > 1) throw new Error('the adapter knows one type of keys per vector');
    const [keyType = 'any'] = types;
    this.keyed = new KeyedStateBackend((key) => keyGroupOf(hashOf(key, keyType), maxParallelism));
  }

  put({ name, mode }: RescaledState, items: readonly unknown[]): void {
    if (mode === 'KEYED') {
      const state = this.keyed.valueState(valueStateDescriptor<unknown>(name), VOID_NAMESPACE);
      for (const [key, value] of items as readonly (readonly [unknown, unknown])[]) {
        this.keyed.setCurrentKey(key);
        state.update(value);
      }
    } else if (mode === 'SPLIT_DISTRIBUTE') this.operator.listState(name).addAll(items);
    else if (mode === 'UNION') this.operator.unionListState(name).addAll(items);
    else this.operator.broadcastState(name).putAll(items.map((item) => (isEntry(item) ? item : [item, ITEM])));
  }

  get({ name, mode }: RescaledState): readonly unknown[] {
    if (mode === 'KEYED') {
      const state = this.keyed.valueState(valueStateDescriptor<unknown>(name), VOID_NAMESPACE);
      return this.keyed.keysOf(name).map((key) => {
        this.keyed.setCurrentKey(key);
        return [key, state.value()];
      });
    }
    if (mode === 'SPLIT_DISTRIBUTE') return this.operator.listState(name).get();
    if (mode === 'UNION') return this.operator.unionListState(name).get();
    return this.operator
      .broadcastState(name)
      .entries()
      .map((entry) => (entry[1] === ITEM ? entry[0] : entry));
  }

  snapshot(): KeyedStateSnapshot {
    const keyed = this.keyed.snapshot();
    const operatorState = this.operator.snapshot();
    return operatorState === null ? keyed : { ...keyed, operatorState };
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.keyed.restore(snapshot);
    if (snapshot.operatorState !== undefined) this.operator.restore(snapshot.operatorState);
  }
}

/** Broadcast state is a map; a vector that lists plain items means its keys. */
const ITEM = '(item)';

function isEntry(item: unknown): item is readonly [unknown, unknown] {
  return Array.isArray(item) && item.length === 2;
}

function hashOf(key: unknown, keyType: string): number {
  // 64-bit keys are written as text.
  return keyType === 'long' ? javaHashCode(BigInt(String(key)), 'long') : javaHashCode(key, keyType as FieldType);
}

function playRescale(vector: Vector): void {
  const states = vector['states'] as readonly RescaledState[];
  const maxParallelism = Number(vector['maxParallelism']);
  const snapshots = Array.from({ length: Number(vector['oldParallelism']) }, (_, subtask) => {
    const reported = states.filter(({ old }) => (old[subtask] ?? null) !== null);
    if (reported.length === 0) return null;
    const state = new SubtaskState(states, maxParallelism);
    for (const one of reported) state.put(one, one.old[subtask] ?? []);
    return state.snapshot();
  });
  const parallelism = Number(vector['newParallelism']);
  const subtasks = redistributeState(snapshots, parallelism, maxParallelism).map((snapshot, subtask) => {
    const { first, last } = keyGroupRangeOf(subtask, maxParallelism, parallelism);
    for (const keyGroup of snapshot.keyGroups.keys()) {
      if (keyGroup < first || keyGroup > last) throw new Error(`subtask ${subtask} got key group ${keyGroup} of another`);
    }
    const state = new SubtaskState(states, maxParallelism);
    state.restore(snapshot);
    return state;
  });
  const expected = vector['expect'];
  if (Array.isArray(expected)) expectItems(subtasks, states, expected as readonly Json[]);
  else expectCounts(subtasks, states, expected as Json);
}

function expectItems(subtasks: readonly SubtaskState[], states: readonly RescaledState[], expected: readonly Json[]): void {
  expectSame(subtasks.length, expected.length, 'number of subtasks');
  for (const [subtask, one] of expected.entries()) {
    expectSame(one['subtask'], subtask, 'subtask');
    for (const state of states) {
      const actual = (subtasks[subtask] as SubtaskState).get(state);
      const wanted = (one[state.name] ?? []) as readonly unknown[];
      const what = `${state.name} of subtask ${subtask}`;
      if (state.mode !== 'KEYED') expectSame(actual, wanted, what);
      else if (!sameMultiset(actual, wanted, sameValue)) throw new Error(`${what}: got ${textOf(actual)}`);
    }
  }
}

/** Sources that fix the number of items per subtask only: of those that hold any, in any order. */
function expectCounts(subtasks: readonly SubtaskState[], states: readonly RescaledState[], expected: Json): void {
  const counts = expected['perSubtaskItemCount'] as Readonly<Record<string, readonly number[]>> | undefined;
  for (const state of states) {
    const items = subtasks.map((subtask) => subtask.get(state));
    const held = items.map(({ length }) => length).filter((length) => length > 0);
    const wanted = counts?.[state.name];
    if (wanted !== undefined && !sameMultiset(held, wanted, sameValue)) throw new Error(`${state.name}: counts are ${textOf(held)}`);
    if (expected['noItemLostOrDuplicated'] !== true) continue;
    if (!isComplete(state, items)) throw new Error(`${state.name}: got ${textOf(items)}`);
  }
}

/** Nothing is lost or comes twice; what everyone gets, everyone has once. */
function isComplete({ mode, old }: RescaledState, items: readonly (readonly unknown[])[]): boolean {
  const before = old.flatMap((part) => part ?? []);
  if (mode === 'SPLIT_DISTRIBUTE' || mode === 'KEYED') return sameMultiset(items.flat(), before, sameValue);
  const copy = mode === 'UNION' ? before : (old.find((part) => part !== null && part.length > 0) ?? []);
  return items.every((part) => sameMultiset(part, copy, sameValue));
}

export const adapters: Adapters = { rescale: playRescale };
