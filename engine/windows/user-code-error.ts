import { userErrorText } from '../functions/user-error.ts';

/** A part of a window that the user wrote failed; the operator adds record and place. */
export class UserCodeError extends Error {
  /** What was thrown; undefined when it returned something that it must not. */
  readonly thrown: unknown;

  constructor(message: string, thrown?: unknown) {
    super(message);
    this.name = 'UserCodeError';
    this.thrown = thrown;
  }
}

/** Calls user code. `subject` begins the sentence: "The trigger's onElement". */
export function callUser<T>(subject: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof UserCodeError ? error : new UserCodeError(`${subject} threw ${userErrorText(error)}.`, error);
  }
}
