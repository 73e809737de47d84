/** An element for a list state. @throws TypeError for null, which no list state holds, as in Flink. */
export function elementOf<T>(element: T): T {
  if (element !== null && element !== undefined) return element;
  throw new TypeError(`A list state holds no ${element === null ? 'null' : 'undefined'}.`);
}
