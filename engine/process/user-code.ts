import { positionOf } from '../elements/origin.ts';
import { instantiate, parsedObject } from '../functions/compile-object.ts';
import type { UserObject } from '../functions/compile-object.ts';
import { userErrorOf } from '../functions/user-error.ts';
import type { OperatorContext } from '../operators/operator.ts';
import { must } from '../util/assert.ts';
import type { CurrentCall } from './call-state.ts';
import type { FunctionKind } from './user-interface.ts';

export type Method = (...args: unknown[]) => unknown;

/** The user's object of one subtask: its methods, its life cycle, and what becomes of the errors it throws. */
export class UserCode {
  readonly #kind: FunctionKind;
  readonly #text: string;
  readonly #call: CurrentCall;
  readonly #isKeyed: boolean;
  #context: OperatorContext | null = null;
  #object: UserObject = {};
  #hasFailed = false;

  constructor(kind: FunctionKind, text: string, call: CurrentCall, isKeyed: boolean) {
    this.#kind = kind;
    this.#text = text;
    this.#call = call;
    this.#isKeyed = isKeyed;
  }

  /** `this` of its methods. */
  get object(): UserObject {
    return this.#object;
  }

  get context(): OperatorContext {
    return must(this.#context, 'the context of an open operator');
  }

  /** It exists, and nothing it did has failed the job. */
  get isUsable(): boolean {
    return this.#context !== null && !this.#hasFailed;
  }

  instantiate(context: OperatorContext): void {
    this.#context = context;
    try {
      this.#object = instantiate(parsedObject(this.#text));
    } catch (error) {
      this.fail(this.#kind.name, error, undefined, 0);
    }
  }

  method(name: string): Method | null {
    const method = this.#object[name];
    return typeof method === 'function' ? (method as Method) : null;
  }

  requiredMethod(name: string): Method {
    const method = this.method(name);
    if (method !== null) return method;
    return this.fail(this.#kind.name, new TypeError(`There is no method "${name}".`), undefined, 0);
  }

  /** Calls a method if there is one. @param origin Of what was processed last. */
  callLifeCycle(name: string, origin: number, ...args: readonly unknown[]): void {
    try {
      this.method(name)?.call(this.#object, ...args);
    } catch (error) {
      this.fail(name, error, undefined, Math.max(0, origin));
    }
  }

  /** Names method, error, place in the user's text and key. @param content Undefined: not because of a record. */
  fail(method: string, error: unknown, content: unknown, origin: number): never {
    this.#hasFailed = true;
    const { phase } = this.#call;
    const isOfKey = this.#isKeyed && (phase === 'element' || phase === 'timer');
    const { message, line, column } = userErrorOf(error);
    const place = line === undefined ? '' : ` (line ${line}, column ${column})`;
    const ofKey = isOfKey ? `, for key ${JSON.stringify(this.#call.key) ?? String(this.#call.key)}` : '';
    const reason = `${method} threw ${message}${place}${ofKey}.`;
    return this.context.fail(reason, positionOf(origin), content, error, isOfKey ? this.#call.key : undefined);
  }
}
