/** As much of a TypeScript diagnostic as it takes to judge it. */
export interface Complaint {
  readonly code: number;
  /** Offset in the checked text. */
  readonly start?: number | undefined;
  readonly length?: number | undefined;
}

/** Something has no type written down, no first value (methods of a class), or is looked up by a name that is only known later. */
const UNTYPED: ReadonlySet<number> = new Set([2564, 7005, 7006, 7008, 7015, 7019, 7031, 7053]);
const NO_SUCH_PROPERTY: ReadonlySet<number> = new Set([2339, 2551]);
const GIVEN_PROPERTY = /\bthis\.([\p{ID_Continue}$]+)\s*(?:\?\?|\|\||&&)?=(?!=)/gu;

/**
 * Whether a complaint helps whoever wrote a function. Plain JavaScript is welcome: nothing has to be declared, and a class has the properties that its
 * methods give it, which TypeScript takes for granted in JavaScript files only.
 */
export function isHelpful({ code, start = 0, length = 0 }: Complaint, text: string): boolean {
  if (UNTYPED.has(code)) return false;
  if (!NO_SUCH_PROPERTY.has(code) || !text.slice(0, start).endsWith('this.')) return true;
  const property = text.slice(start, start + length);
  return !Array.from(text.matchAll(GIVEN_PROPERTY), ([, given]) => given).includes(property);
}
