import type { Row } from '../../batch/schema.ts';
import type { OperatorDefinition } from '../../operators/definition.ts';
import type { Fields } from '../../operators/fields.ts';
import { globalWindow } from '../../operators/global-window/definition.ts';
import { sessionWindow } from '../../operators/session-window/definition.ts';
import { slidingWindow } from '../../operators/sliding-window/definition.ts';
import { tumblingWindow } from '../../operators/tumbling-window/definition.ts';
import type { Json, OperatorDescription } from './vector.ts';
import { timeOf } from './vector.ts';

/** A window of the corpus as a node of a document: what a user of the palette would have configured. */
export interface ConfiguredWindow {
  readonly definition: OperatorDefinition<Fields>;
  readonly settings: Json;
  /** Its result as the corpus writes it. */
  readonly resultOf: (row: Row) => Row;
}

/** Null: what the vector asks for has to be written by the user, or is refused because nothing would ever come of it. */
export function configuredWindowOf(operator: OperatorDescription): ConfiguredWindow | null {
  const assigner = assignerSettings(operator['assigner'] as Json);
  const trigger = triggerSettings(operator['trigger']);
  const lateness = assigner?.definition === globalWindow ? {} : latenessSettings(operator);
  if (assigner === null || trigger === null) return null;
  if (assigner.definition === globalWindow && trigger['trigger'] === 'default') return null;
  const { settings, resultOf } = functionSettings(operator);
  const evictor = evictorSettings(operator['evictor'] as Json | null | undefined);
  return {
    definition: assigner.definition as OperatorDefinition<Fields>,
    settings: { ...assigner.settings, ...trigger, ...lateness, ...evictor, ...settings },
    resultOf,
  };
}

function assignerSettings(assigner: Json): { readonly definition: unknown; readonly settings: Json } | null {
  const { type, sizeMs: size, slideMs: slide, offsetMs: offset = 0, gapMs, gap } = assigner;
  switch (type) {
    case 'tumbling':
      return { definition: tumblingWindow, settings: { size, offset } };
    case 'sliding':
      return { definition: slidingWindow, settings: { size, slide, offset } };
    case 'session':
      return { definition: sessionWindow, settings: { gap: gapMs } };
    case 'dynamicSession':
      return {
        definition: sessionWindow,
        settings: { gapKind: 'dynamic', gapFunction: gapCode((gap as Json)['cases'] as readonly Json[]) },
      };
    case 'global':
      return { definition: globalWindow, settings: {} };
    default:
      return null;
  }
}

function gapCode(cases: readonly Json[]): string {
  const gaps = cases.map(({ when = {}, gapMs }) => {
    const conditions = Object.entries(when as Json).map(([field, value]) => `r[${JSON.stringify(field)}] === ${JSON.stringify(value)}`);
    return `${['true', ...conditions].join(' && ')} ? ${JSON.stringify(gapMs)} : `;
  });
  return `(r) => (${gaps.join('')}NaN)`;
}

const TRIGGERS: Readonly<Record<string, string>> = {
  eventTime: 'event-time',
  processingTime: 'processing-time',
  count: 'count',
  continuousEventTime: 'continuous-event-time',
  continuousProcessingTime: 'continuous-processing-time',
  delta: 'delta',
  endOfStream: 'end-of-stream',
};

function triggerSettings(given: unknown): Json | null {
  if (given === null || given === undefined || given === 'default') return { trigger: 'default' };
  const { type, of, n = 1, intervalMs = 1, threshold = 1, delta = '' } = given as Json;
  if (type === 'purging') {
    const inner = triggerSettings(of);
    return inner === null ? null : { ...inner, purge: true };
  }
  const trigger = TRIGGERS[String(type)];
  if (trigger === undefined) return null;
  return { trigger, triggerCount: n, triggerInterval: intervalMs, triggerThreshold: threshold, triggerDelta: deltaCode(delta) };
}

function evictorSettings(evictor: Json | null | undefined): Json {
  if (evictor === null || evictor === undefined) return {};
  const { type, n = 1, ms = 1, threshold = 1, delta = '', evictAfter = false } = evictor;
  return { evictor: type, evictorCount: n, evictorSpan: ms, evictorThreshold: threshold, evictorDelta: deltaCode(delta), evictAfter };
}

/** `new.v - old.v` */
function deltaCode(delta: unknown): string {
  return delta === ''
    ? ''
    : `(earlier, later) => ${String(delta)
        .replaceAll(/\bnew\./g, 'later.')
        .replaceAll(/\bold\./g, 'earlier.')}`;
}

function latenessSettings(operator: OperatorDescription): Json {
  const { time, allowedLatenessMs, sideOutputLate } = operator;
  return { time, allowedLateness: timeOf(allowedLatenessMs ?? 0), lateData: sideOutputLate === true ? 'side-output' : 'drop' };
}

/** A reduced sum as an aggregate of the palette, everything else as a process function. */
function functionSettings(operator: OperatorDescription): Pick<ConfiguredWindow, 'settings' | 'resultOf'> {
  const { type, agg, field } = operator['function'] as Json;
  const emit = (operator['emit'] ?? []) as readonly string[];
  const pick = (values: Row): Row => Object.fromEntries(emit.map((name) => [name, values[name]]));
  if (type === 'reduce' && agg === 'sum' && operator['evictor'] === null) {
    return {
      settings: { function: 'aggregates', aggregates: [{ fn: 'sum', column: field, as: 'total' }] },
      resultOf: (row) => pick({ key: row[String(operator['key'])], sum: row['total'], start: row['window_start'], end: row['window_end'] }),
    };
  }
  const name = JSON.stringify(field);
  const sum = `out.collect({ result: { key, sum: elements.reduce((sum, r) => sum + r[${name}], 0), start: context.window.start, end: context.window.end } });`;
  const each = 'for (const r of elements) out.collect({ result: r });';
  const body = agg === 'sum' ? sum : agg === 'each' ? each : '';
  return {
    settings: {
      function: 'process',
      processor: `({ process(key, context, elements, out) { ${body} } })`,
      schema: [{ name: 'result', type: 'any' }],
    },
    resultOf: (row) => (agg === 'sum' ? pick(row['result'] as Row) : (row['result'] as Row)),
  };
}
