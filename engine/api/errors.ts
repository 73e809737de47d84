/** Whose fault it is: decides wording and colour. */
export type ErrorDomain = 'user' | 'external' | 'internal';

/** Whether trying again can help: `never` without a change by the user, `now` as it is. */
export type RetryHint = 'never' | 'now' | 'after-change';

/** Every failure that can reach a user (architecture §7). Plain data: it crosses worker boundaries. */
export interface JobError {
  /** Stable, kebab-case, e.g. `function-threw`, `function-never-returned`, `malformed-record`. */
  readonly code: string;
  readonly domain: ErrorDomain;
  readonly retry: RetryHint;
  /** Says what happened, where, and what to do. */
  readonly message: string;
  readonly nodeId?: string | undefined;
  readonly nodeName?: string | undefined;
  readonly subtaskIndex?: number | undefined;
  /** The configuration field it is about: the function that threw. */
  readonly field?: string | undefined;
  /** The key it was processed for, as JSON. */
  readonly key?: string | undefined;
  /** Line or sequence number of the record in its source. */
  readonly position?: number | undefined;
  /** The record as JSON, or the raw line. */
  readonly record?: string | undefined;
  /** What a user function threw, with line and column in the user's own source. */
  readonly cause?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A `JobError` that can be thrown. */
export class JobFailure extends Error {
  readonly error: JobError;

  constructor(error: JobError) {
    super(error.message);
    this.name = 'JobFailure';
    this.error = error;
  }
}

export function isJobError(value: unknown): value is JobError {
  return typeof value === 'object' && value !== null && 'code' in value && 'domain' in value && 'message' in value;
}

/** Anything thrown, as a `JobError`; what is not one already is our bug and says so. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof JobFailure) return thrown.error;
  if (isJobError(thrown)) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal-error',
    domain: 'internal',
    retry: 'now',
    message: `Something went wrong inside Millrace: ${text}. Your pipeline and its results are untouched. Please report this.`,
    cause: thrown instanceof Error ? (thrown.stack ?? text) : text,
  };
}
