import { describe } from '../batch/batch-builder.ts';
import type { FieldType } from '../batch/schema.ts';
import { FIELD_TYPES } from '../batch/schema.ts';
import { hasType } from '../functions/conform-record.ts';

type Check = (value: unknown) => void;
type Method = (...args: unknown[]) => unknown;

/** The type that a descriptor declares (Flink: `TypeInformation`). Null: none. @throws TypeError for what is no type. */
export function declaredType(given: unknown, stateName: string): FieldType | null {
  if (given === undefined || given === null) return null;
  const type = FIELD_TYPES.find((one) => one === given);
  if (type !== undefined) return type;
  throw new TypeError(`The type of state "${stateName}" is one of ${FIELD_TYPES.join(', ')}.`);
}

/** @param what What is put in, for the message. */
function checkOf(type: FieldType | null, stateName: string, what: string): Check {
  return (value) => {
    if (type === null || value === null || value === undefined || hasType(type, value)) return;
    throw new TypeError(`State "${stateName}" is declared ${type}, but ${what} is ${describe(value)}.`);
  };
}

/** The state, with what is put into it checked; itself where no type is declared. Null is left to the state. */
export function withDeclaredType(state: object, type: FieldType | null, stateName: string): object {
  if (type === null) return state;
  const check = checkOf(type, stateName, 'the value');
  const checkAll = ([elements]: readonly unknown[]): unknown[] => [checkedList(elements, check)];
  const checkOne = (args: unknown[]): unknown[] => {
    check(args[0]);
    return args;
  };
  const isList = 'addAll' in state;
  return guarded(state, { update: isList ? checkAll : checkOne, add: checkOne, addAll: checkAll });
}

export function withDeclaredTypes(state: object, key: FieldType | null, value: FieldType | null, stateName: string): object {
  if (key === null && value === null) return state;
  const checkKey = checkOf(key, stateName, 'the key');
  const checkValue = checkOf(value, stateName, 'the value');
  const checkEntry = (entry: unknown): void => {
    const [ofEntry, content] = entry as readonly unknown[];
    checkKey(ofEntry);
    checkValue(content);
  };
  return guarded(state, {
    put: (args) => {
      checkEntry(args);
      return args;
    },
    putAll: ([entries]) => [checkedList(entries, checkEntry)],
  });
}

/** A list or a map of the operator, with the types of its descriptor, if that declares any. */
export function withTypesOfDescriptor(state: object, descriptor: unknown): object {
  if (typeof descriptor !== 'object' || descriptor === null) return state;
  const { name, type, keyType, valueType } = descriptor as Readonly<Record<string, unknown>>;
  const stateName = String(name);
  if ('put' in state) return withDeclaredTypes(state, declaredType(keyType, stateName), declaredType(valueType, stateName), stateName);
  return withDeclaredType(state, declaredType(type, stateName), stateName);
}

/** What may be iterated once only is handed on as a list. */
function checkedList(elements: unknown, check: Check): readonly unknown[] {
  const list = [...(elements as Iterable<unknown>)];
  for (const element of list) check(element);
  return list;
}

/** An object with the methods of the state, whose arguments go through a check first. */
function guarded(state: object, checks: Readonly<Record<string, (args: unknown[]) => unknown[]>>): object {
  const prototype = Object.getPrototypeOf(state) as Readonly<Record<string, Method>>;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(
    names.map((name) => {
      const method = (prototype[name] as Method).bind(state);
      const check = checks[name];
      return [name, check === undefined ? method : (...args: unknown[]) => method(...check(args))];
    }),
  );
}
