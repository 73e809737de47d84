import { JobFailure } from '../api/errors.ts';
import type { Row } from '../batch/schema.ts';
import { sourceId } from '../functions/compile-function.ts';
import { KeyReader } from '../functions/key-selector.ts';
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

/** What is known of a failure because of a record, or of a call that no record caused (content undefined). */
export interface RecordFailure {
  readonly reason: string;
  readonly position: number;
  readonly content: unknown;
  /** What a user function threw. */
  readonly cause?: unknown;
  /** Missing: it is the key of the content, if there is one. */
  readonly key?: unknown;
}

/** Who failed: an operator, or the virtual one that chooses channels. */
type Failing = Pick<OperatorDeployment, 'nodeId' | 'name'> & Partial<OperatorDeployment>;

/** One record fails the job: says which operator, which field, which record of which key, and what was thrown. */
export function recordFailure(deployment: Failing, subtaskIndex: number, failure: RecordFailure): never {
  const { reason, position, content, cause } = failure;
  const thrown = cause === undefined ? undefined : userErrorOf(cause);
  const { nodeId, name, field } = writerOf(deployment, thrown?.source);
  throw new JobFailure({
    code: thrown === undefined ? 'record-failed' : 'function-threw',
    domain: 'user',
    retry: 'after-change',
    message: `${name}: ${reason}`,
    nodeId,
    nodeName: name,
    subtaskIndex,
    field,
    key: keyText(deployment, failure),
    position: content === undefined ? undefined : position,
    record: content === undefined ? undefined : contentText(content),
    cause: thrown?.message,
    line: thrown?.line ?? undefined,
    column: thrown?.column ?? undefined,
  });
}

interface Writer {
  readonly nodeId: string;
  readonly name: string;
  readonly field: string | undefined;
}

/** Where the code that threw was written: in a field of the operator, or in that of the one that gave its records their keys. */
function writerOf(deployment: Failing, source: string | undefined): Writer {
  const { nodeId, name, config = {}, keyFunctions = [] } = deployment;
  const isSource = (text: unknown): boolean => typeof text === 'string' && sourceId(text) === source;
  const field = source === undefined ? undefined : Object.entries(config).find(([, value]) => isSource(value))?.[0];
  if (field !== undefined || source === undefined) return { nodeId, name, field };
  return keyFunctions.find((written) => isSource(written.source)) ?? { nodeId, name, field };
}

function keyText({ inputs = [] }: Failing, { content, key }: RecordFailure): string | undefined {
  if (key !== undefined && key !== null) return contentText(key);
  if (typeof content !== 'object' || content === null) return undefined;
  const [input, other] = inputs.filter((shape) => shape.key !== null);
  // Which of two inputs a record is of cannot be seen, but joins blame pairs, and both records of a pair have the same key.
  const record = other === undefined ? content : (content as { readonly left?: unknown }).left;
  if (input === undefined || input.key === null || typeof record !== 'object' || record === null) return undefined;
  try {
    return contentText(new KeyReader(input.key, input.schema).keyOfRecord(record as Row));
  } catch {
    // What failed may be the key itself: then there is none to name.
    return undefined;
  }
}
