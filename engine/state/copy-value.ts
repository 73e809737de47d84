/** A deep copy of plain data (what structured cloning accepts), so that a snapshot does not change with the state it was taken from. */
export function copyValue<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)]));
  if (value instanceof Set) return new Set([...value].map(copy));
  if (ArrayBuffer.isView(value)) {
    return value instanceof DataView ? new DataView(bytesOf(value).buffer) : new (constructorOf(value))(bytesOf(value).buffer);
  }
  if (value instanceof ArrayBuffer) return value.slice(0);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item)]));
}

function bytesOf(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

function constructorOf(view: ArrayBufferView): new (buffer: ArrayBuffer) => ArrayBufferView {
  return view.constructor as new (
    buffer: ArrayBuffer,
  ) => ArrayBufferView;
}
