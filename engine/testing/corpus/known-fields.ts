import type { Json, Vector } from './vector.ts';

/** What the corpus may ask of an operator. A field that is not among these asks for something that no adapter does. */
const OF_OPERATOR: Readonly<Record<string, readonly string[]>> = {
  window: ['key', 'time', 'assigner', 'trigger', 'evictor', 'allowedLatenessMs', 'sideOutputLate', 'function', 'emit'],
  intervalJoin: ['key', 'lowerMs', 'lowerInclusive', 'upperMs', 'upperInclusive', 'emit'],
  windowJoin: ['key', 'time', 'assigner', 'trigger', 'allowedLatenessMs', 'emit'],
  windowCoGroup: ['key', 'time', 'assigner', 'trigger', 'allowedLatenessMs'],
  timestampsAndWatermarks: ['timestampFrom', 'generator', 'autoWatermarkIntervalMs', 'emitProgressiveWatermarks'],
  keyedProcess: ['key', 'program'],
  keyedCoProcess: ['key', 'program'],
  keyedBroadcastProcess: ['key', 'broadcastInput', 'program'],
  asyncWait: ['mode', 'capacity', 'timeoutMs', 'onTimeout'],
  rollingAggregate: ['key', 'agg', 'field', 'first'],
};

const OF_ELEMENT = ['value', 'ts', 'input', 'kind'];
const OF_EXPECT = ['order', 'main', 'side', 'ignoreWatermarks'];
const OF_RECORD = ['value', 'ts', 'kind'];
const ORDERS = ['exact', 'any', 'segments'];

/** @throws when the vector asks for something that would be passed over in silence. */
export function refuseUnknownFields(vector: Vector): void {
  const { type, ...settings } = vector.operator ?? { type: '' };
  const known = OF_OPERATOR[type];
  if (known !== undefined) only(settings, known, `the operator ${type}`);
  for (const [i, step] of (vector.steps ?? []).entries()) {
    const where = `step ${i + 1}`;
    if ('element' in step) only(step['element'] as Json, OF_ELEMENT, `the element of ${where}`);
    if ('expect' in step) refuseUnknownExpectation(step['expect'] as Json, where);
  }
}

function refuseUnknownExpectation(expected: Json, where: string): void {
  only(expected, OF_EXPECT, `the expectation of ${where}`);
  const { order, main = [], side = {} } = expected;
  if (order !== undefined && !ORDERS.some((known) => known === order))
    throw new Error(`the adapter does not know the order ${JSON.stringify(order)} of ${where}`);
  for (const one of [main, ...Object.values(side as Json)].flat() as Json[]) {
    const fields = ['watermark', 'status'].find((name) => name in one);
    only(one, fields === undefined ? OF_RECORD : [fields], `what ${where} expects`);
  }
}

/** @throws when something is given that is not known. */
export function only(given: Json, known: readonly string[], what: string): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${what} has the field ${unknown.join(', ')}, which no adapter knows`);
}
