import type { JobError } from '../api/errors.ts';
import { watchArrays } from './freeze-intrinsics.ts';

const TAMPERED: JobError = {
  code: 'built-in-changed',
  domain: 'user',
  retry: 'after-change',
  message:
    'A user function changed "Array.prototype". All functions of a job and the engine share it, so results could not be trusted any more. Change lists of your own instead.',
};

/**
 * Asked before every piece of work and every report: hands the error out, once, if user code has changed what cannot be frozen. False: nothing
 * more may be done or told.
 * @param fail Ends the job.
 */
export function guardLists(fail: (error: JobError) => void): () => boolean {
  const isIntact = watchArrays();
  let isTrusted = true;
  return () => {
    if (isTrusted && !isIntact()) {
      isTrusted = false;
      fail(TAMPERED);
    }
    return isTrusted;
  };
}
