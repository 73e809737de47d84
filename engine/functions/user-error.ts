import { FUNCTION_URL_PREFIX, LINES_BEFORE_SOURCE } from './compile-function.ts';

/** What a user function threw, and where in the user's own source. */
export interface UserError {
  /** "TypeError: Cannot read properties of null (reading 'length')". */
  readonly message: string;
  /** 1-based; absent when it is not known (something else than an Error was thrown). */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Which source the place is in: `sourceId` of it. Present with a line. */
  readonly source?: string | undefined;
}

const FRAME = new RegExp(`${FUNCTION_URL_PREFIX}\\d+-([0-9a-f]{8})\\.js:(\\d+):(\\d+)`);

/** Reads message and place from anything a user function threw. Works with the stack traces of V8. Never throws. */
export function userErrorOf(thrown: unknown): UserError {
  const message = messageOf(thrown);
  const frame = FRAME.exec(framesOf(thrown));
  if (frame === null) return { message };
  return { message, line: Number(frame[2]) - LINES_BEFORE_SOURCE, column: Number(frame[3]), source: frame[1] };
}

/** "TypeError: … (line 1, column 8)", for the middle of a sentence. */
export function userErrorText(thrown: unknown): string {
  const { message, line, column } = userErrorOf(thrown);
  return line === undefined ? message : `${message} (line ${line}, column ${column})`;
}

/** The stack without the message in front of it, which may hold anything. */
function framesOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  const stack = readText(thrown, 'stack');
  const message = readText(thrown, 'message');
  const at = stack.indexOf(message);
  return at < 0 ? stack : stack.slice(at + message.length);
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    const name = readText(thrown, 'name');
    const message = readText(thrown, 'message');
    return message === '' ? name : `${name}: ${message}`;
  }
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    // Circular, a bigint, or with a hostile toJSON: its kind is all that can safely be said.
    return typeof thrown === 'bigint' ? `${thrown}n` : `a value of type ${typeof thrown}`;
  }
}

/** A property that user code may have replaced by a getter that throws. */
function readText(error: Error, property: 'name' | 'message' | 'stack'): string {
  try {
    const value: unknown = error[property];
    return typeof value === 'string' ? value : '';
  } catch {
    // An error that cannot be read is still an error; it is then reported without this part.
    return '';
  }
}
