import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { ConfigProblem, OutputShapes, StreamShape } from './definition.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

/**
 * What leaves an operator that only says how records choose their subtask. As in Flink a keyed stream cannot be distributed in another way:
 * its key has decided already.
 */
export function repartitioned(title: string, inputs: readonly StreamShape[], problems: readonly ConfigProblem[] = []): OutputShapes {
  const { schema, key, eventTime } = inputs[0] ?? UNCONNECTED;
  const keyed: ConfigProblem = {
    severity: 'error',
    code: 'stream-keyed',
    message: `The stream is keyed, and its key decides where records go: ${title} cannot override that. Put it before the key by, or remove one of the two.`,
    port: 'in',
  };
  return { ports: { out: { schema, key: null, eventTime } }, problems: key === null ? problems : [...problems, keyed] };
}
