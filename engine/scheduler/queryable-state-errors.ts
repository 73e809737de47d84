import type { JobError } from '../api/errors.ts';

/** @param names Of the states that the job has. */
export function unknownState(stateName: string, names: readonly string[]): JobError {
  const known = names.map((name) => `"${name}"`).join(', ');
  return {
    code: 'queryable-state-unknown',
    domain: 'user',
    retry: 'after-change',
    message: `The job has no queryable state "${stateName}". ${known === '' ? 'It has none at all: lead a keyed stream into a queryable state.' : `It has ${known}.`}`,
  };
}

export function stateGone(reason = 'It has ended; keep results that should outlive it with a sink.'): JobError {
  return {
    code: 'queryable-state-gone',
    domain: 'user',
    retry: 'never',
    message: `State can be asked for only while the job runs. ${reason}`,
  };
}
