/**
 * Freezes ECMAScript's own objects, so that a user function cannot change what the runtime in the same realm relies on: `Array.prototype.push`,
 * `Object.prototype.then`, `Map`. After the idea of Hardened JavaScript (SES), written for this runtime.
 *
 * A frozen prototype makes assignments to the same name on objects that inherit from it fail ("override mistake"): `this.name = 'MyError'`.
 * For the names that programs do assign (`ASSIGNED`) the property becomes an accessor whose setter gives the object a property of its own.
 * Other names, `list.map = …` for one, stay refused: accessors there would take the engine's shortcuts for built-ins away.
 *
 * The module imports nothing: its test runs it in a realm of its own.
 */
export function freezeIntrinsics(scope: object): void {
  const roots = [...globalsOf(scope), ...hiddenIntrinsics()];
  const before = reachableFrom(roots);
  refuseFunctionConstructors();
  for (const [holder, names] of ASSIGNED()) {
    for (const name of names ?? Object.getOwnPropertyNames(holder)) letInheritorsAssign(holder, name);
  }
  // What was replaced is not reachable any more, what replaces it was not yet.
  for (const object of new Set([...before, ...reachableFrom(roots)])) {
    if (INDEXED().has(object)) freezeNames(object);
    else Object.freeze(object);
  }
  for (const name of GLOBALS) {
    if (!Object.hasOwn(scope, name)) continue;
    Object.defineProperty(scope, name, { value: (scope as Readonly<Record<string, unknown>>)[name], writable: false, configurable: false });
  }
}

const GLOBALS: readonly string[] = [
  'Object Function Array String Number Boolean BigInt Symbol Math JSON Date RegExp Map Set WeakMap WeakSet WeakRef FinalizationRegistry',
  'Promise Reflect Proxy Intl Iterator ArrayBuffer SharedArrayBuffer DataView Atomics',
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array',
  'BigInt64Array BigUint64Array',
  'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError',
  'parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape eval',
].flatMap((names) => names.split(' '));

function globalsOf(scope: object): unknown[] {
  return GLOBALS.map((name) => (scope as Readonly<Record<string, unknown>>)[name]);
}

/** What no global leads to. */
function hiddenIntrinsics(): unknown[] {
  const generator = function* (): Generator<number> {
    yield 1;
  };
  const asyncGenerator = async function* (): AsyncGenerator<number> {
    yield await Promise.resolve(1);
  };
  const iterators = [[].values(), ''[Symbol.iterator](), new Map().keys(), new Set().keys(), 'a'.matchAll(/a/g), generator()];
  // Iterator helpers are new: not every engine has them.
  const { map } = [].values() as unknown as { readonly map?: (mapper: () => unknown) => object };
  const helpers = map === undefined ? [] : [map.call([].values(), () => 0)];
  return [generator, asyncGenerator, asyncGenerator(), async () => 0, ...iterators, ...helpers].map(
    (value) => Object.getPrototypeOf(value) as object,
  );
}

/** These objects and all that their properties and prototypes lead to. */
function reachableFrom(roots: readonly unknown[]): ReadonlySet<object> {
  const found = new Set<object>();
  const add = (value: unknown): void => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') found.add(value);
  };
  roots.forEach(add);
  // A set is walked through to what is added meanwhile.
  for (const object of found) {
    add(Object.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      const property: object = Object.getOwnPropertyDescriptor(object, key) ?? {};
      // Value, or getter and setter; the rest is flags.
      Object.values(property).forEach(add);
    }
  }
  return found;
}

/** Names that programs assign on objects of their own, by the prototype that has them too. No names: all it has. */
const ASSIGNED = (): readonly (readonly [object, readonly string[] | null])[] => [
  [Object.prototype, null],
  [Function.prototype, ['toString']],
  [Array.prototype, ['toString']],
  ...[Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    ({ prototype }) => [prototype as object, ['name', 'message', 'toString']] as const,
  ),
];

/**
 * What objects with elements of their own inherit from. `Object.freeze` would mark its elements as read-only, and V8 then stores into every object
 * that inherits from it the slow way: forty times slower for typed arrays.
 */
const INDEXED = (): ReadonlySet<object> => {
  const typed = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
  const prototypes = [...typed, BigInt64Array, BigUint64Array].map(({ prototype }) => prototype as object);
  return new Set([Object.prototype, Array.prototype, Object.getPrototypeOf(Int8Array.prototype) as object, ...prototypes]);
};

/** V8 gives up its shortcuts for lists when one of these is as much as defined anew, to the same value: copies cost five to fifteen times as much. */
const WATCHED: readonly PropertyKey[] = ['constructor', Symbol.iterator];

/**
 * For as long as the realm lives: whether the two properties of `Array.prototype` that cannot be made read-only are still what they were. Puts
 * them back if they are not.
 */
export function watchArrays(): () => boolean {
  const { prototype } = Array;
  const { constructor, [Symbol.iterator]: iterator } = prototype;
  return () => {
    if (prototype.constructor === constructor && prototype[Symbol.iterator] === iterator) return true;
    Object.assign(prototype, { constructor, [Symbol.iterator]: iterator });
    return false;
  };
}

/** The same as `Object.freeze` for an object without elements, but for what is watched instead. */
function freezeNames(object: object): void {
  for (const key of Reflect.ownKeys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property?.configurable !== true || (object === Array.prototype && WATCHED.includes(key))) continue;
    Object.defineProperty(
      object,
      key,
      property.writable === undefined ? { configurable: false } : { writable: false, configurable: false },
    );
  }
  // To inherit from it makes V8 lay it out as a prototype again, for which it is too late once it is sealed.
  Object.create(object);
  Object.seal(object);
}

function letInheritorsAssign(holder: object, name: string): void {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  if (property?.writable !== true || property.configurable !== true) return;
  const kept: unknown = property.value;
  const get = (): unknown => kept;
  const set = function (this: object, assigned: unknown): void {
    if (this === holder) throw new TypeError(`Cannot assign to read only property '${name}': what all user functions share is frozen.`);
    if (Object.hasOwn(this, name)) Reflect.set(this, name, assigned);
    else Object.defineProperty(this, name, { value: assigned, writable: true, enumerable: true, configurable: true });
  };
  Object.defineProperty(holder, name, { get, set, enumerable: property.enumerable === true, configurable: false });
}

/** Any function leads to these by its prototype, and they would make code that nobody has checked. */
function refuseFunctionConstructors(): void {
  const refused = function (): never {
    throw new TypeError('Making functions of text is not available in user functions. Write the code itself.');
  };
  const kinds = [
    () => 0,
    async () => 0,
    function* (): Generator<number> {
      yield 1;
    },
    async function* (): AsyncGenerator<number> {
      yield await Promise.resolve(1);
    },
  ];
  for (const made of kinds) {
    const prototype = Object.getPrototypeOf(made) as object;
    Object.defineProperty(prototype, 'constructor', { value: refused, writable: false, configurable: false });
  }
}
