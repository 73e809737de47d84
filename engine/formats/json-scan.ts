const LINE_FEED = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Where the JSON value that starts at `i` ends, judging by quotes and brackets only; -1 when its line ends first. The line must end with a
 * line feed. Whether it is valid JSON is for `JSON.parse` to say.
 */
export function jsonValueEnd(bytes: Uint8Array, i: number): number {
  const c = bytes[i];
  if (c === QUOTE) return jsonStringEnd(bytes, i);
  if (c === 123 || c === 91) return jsonNestedEnd(bytes, i);
  let end = i;
  while (!isValueBoundary(bytes[end] as number)) end++;
  return end === i ? -1 : end;
}

/** Comma, closing brackets, white space. */
function isValueBoundary(c: number): boolean {
  return c === 44 || c === 125 || c === 93 || c <= 32;
}

function jsonStringEnd(bytes: Uint8Array, start: number): number {
  for (let i = start + 1; bytes[i] !== LINE_FEED; i++) {
    if (bytes[i] === QUOTE) return i + 1;
    // An escaped line feed would be skipped, and with it the only thing that is sure to end this loop.
    if (bytes[i] === BACKSLASH && bytes[i + 1] !== LINE_FEED) i++;
  }
  return -1;
}

function jsonNestedEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let i = start; ; i++) {
    const c = bytes[i];
    if (c === LINE_FEED) return -1;
    if (c === QUOTE) {
      const end = jsonStringEnd(bytes, i);
      if (end < 0) return -1;
      i = end - 1;
    } else if (c === 123 || c === 91) depth++;
    else if ((c === 125 || c === 93) && --depth === 0) return i + 1;
  }
}

export function skipJsonSpace(bytes: Uint8Array, i: number): number {
  let at = i;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
  return at;
}
