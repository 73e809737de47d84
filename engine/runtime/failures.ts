import { JobFailure } from '../api/errors.ts';
import type { OperatorDeployment } from '../graph/job-graph.ts';
import { userErrorOf } from '../functions/user-error.ts';

const MAX_CONTENT = 500;

/** Any value as text for a person: strings as they are, the rest as JSON; cut when long. */
export function contentText(content: unknown): string {
  const text = typeof content === 'string' ? content : safeJson(content);
  return text.length > MAX_CONTENT ? `${text.slice(0, MAX_CONTENT - 1)}…` : text;
}

function safeJson(value: unknown): string {
  const replace = (_key: string, inner: unknown): unknown => (typeof inner === 'bigint' ? `${inner}` : inner);
  try {
    return JSON.stringify(value, replace) ?? String(value);
  } catch (error) {
    // A cyclic value is still worth naming; the message of the cycle is the most that can be said of it.
    return `[not printable: ${(error as Error).message}]`;
  }
}

/** One record fails the job: says which operator, which record, and what was thrown. Content undefined: it was not because of a record. */
export function recordFailure(
  deployment: Pick<OperatorDeployment, 'nodeId' | 'name'>,
  subtaskIndex: number,
  reason: string,
  position: number,
  content: unknown,
  cause: unknown,
): never {
  const thrown = cause === undefined ? undefined : userErrorOf(cause);
  throw new JobFailure({
    code: thrown === undefined ? 'record-failed' : 'function-threw',
    domain: 'user',
    retry: 'after-change',
    message: `${deployment.name}: ${reason}`,
    nodeId: deployment.nodeId,
    nodeName: deployment.name,
    subtaskIndex,
    position: content === undefined ? undefined : position,
    record: content === undefined ? undefined : contentText(content),
    cause: thrown?.message,
    line: thrown?.line ?? undefined,
    column: thrown?.column ?? undefined,
  });
}
