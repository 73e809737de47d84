import { IdlenessTimer, isValidIdleTimeout } from '../../../time/idleness-timer.ts';
import { WatermarkAggregator, WatermarkAlignment } from '../../../time/watermark-alignment.ts';
import { BoundedOutOfOrdernessWatermarks } from '../../../time/watermark-generator.ts';
import { WatermarkMultiplexer } from '../../../time/watermark-multiplexer.ts';
import { WatermarkValve } from '../../../time/watermark-valve.ts';
import { expectSame, textOf } from '../same-value.ts';
import type { Adapters, Json, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';

type Take = (step: Json) => void;

/** Plays the steps of a vector; what goes wrong names its step. */
function play(vector: Vector, take: Take): void {
  for (const [i, step] of (vector.steps ?? []).entries()) {
    try {
      take(step);
    } catch (error) {
      throw new Error(`step ${i + 1} ${textOf(step)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function unknownStep(): never {
  throw new Error('the adapter does not know this step');
}

/** "MIN", "MAX", or a number; null stays null. */
function optionalTime(value: unknown): number | null {
  return value === null || value === undefined ? null : timeOf(value);
}

function expectTime(actual: number | null, expected: unknown, what: string): void {
  if (actual !== optionalTime(expected)) throw new Error(`${what}: expected ${textOf(expected)}, got ${textOf(actual)}`);
}

function playValve(vector: Vector): void {
  const emitted: Json[] = [];
  const valve = new WatermarkValve(Number(vector['channels']), {
    emitWatermark: (watermark) => emitted.push({ watermark }),
    emitWatermarkStatus: (idle) => emitted.push({ status: idle ? 'IDLE' : 'ACTIVE' }),
  });
  play(vector, (step) => {
    const channel = Number(step['channel']);
    if ('watermark' in step) valve.inputWatermark(timeOf(step['watermark']), channel, 0);
    else if ('status' in step) valve.inputWatermarkStatus(step['status'] === 'IDLE', channel, 0);
    else if ('expect' in step) {
      const expected = (step['expect'] as readonly Json[]).map((one) =>
        'watermark' in one ? { watermark: timeOf(one['watermark']) } : one,
      );
      expectSame(emitted.splice(0), expected, 'emitted');
    } else unknownStep();
  });
}

function playMultiplexer(vector: Vector): void {
  let lastWatermark: number | null = null;
  let idle = false;
  const multiplexer = new WatermarkMultiplexer<string>({
    emitWatermark: (watermark) => {
      lastWatermark = watermark;
      idle = false;
    },
    markIdle: () => {
      idle = true;
    },
  });
  play(vector, (step) => {
    const output = String(step['output']);
    const isImmediate = step['mode'] === 'immediate';
    if ('register' in step) multiplexer.register(String(step['register']));
    else if ('unregister' in step) expectSame(multiplexer.unregister(String(step['unregister'])), step['result'], 'result');
    else if ('emit' in step && isImmediate) multiplexer.emitImmediate(output, timeOf(step['emit']));
    else if ('emit' in step) multiplexer.emitDeferred(output, timeOf(step['emit']));
    else if ('idle' in step && isImmediate) multiplexer.idleImmediate(output);
    else if ('idle' in step) multiplexer.idleDeferred(output);
    else if ('periodicEmit' in step) multiplexer.onPeriodicEmit();
    else if ('expect' in step) {
      const expected = step['expect'] as Json;
      if ('lastWatermark' in expected) expectTime(lastWatermark, expected['lastWatermark'], 'lastWatermark');
      if ('idle' in expected) expectSame(idle, expected['idle'], 'idle');
    } else unknownStep();
  });
}

function playGenerator(vector: Vector): void {
  const { type, maxOutOfOrdernessMs } = vector['generator'] as Json;
  if (type !== 'boundedOutOfOrderness' && type !== 'ascending') throw new Error(`there is no generator ${textOf(type)}`);
  const generator = new BoundedOutOfOrdernessWatermarks(type === 'ascending' ? 0 : Number(maxOutOfOrdernessMs));
  let lastWatermark: number | null = null;
  play(vector, (step) => {
    if ('event' in step) generator.onEvent(timeOf(step['event']));
    else if ('periodicEmit' in step) lastWatermark = generator.onPeriodicEmit();
    else if ('expect' in step) expectTime(lastWatermark, (step['expect'] as Json)['lastWatermark'], 'lastWatermark');
    else unknownStep();
  });
}

function playIdlenessTimer(vector: Vector): void {
  const timer = new IdlenessTimer(Number(vector['timeoutMs']));
  let now = 0;
  play(vector, (step) => {
    if ('checkIdle' in step) expectSame(timer.isIdle(now), step['checkIdle'], 'idle');
    else if ('advanceMs' in step) now += Number(step['advanceMs']);
    else if ('activity' in step) timer.activity();
    else unknownStep();
  });
}

function playAlignment(vector: Vector): void {
  const alignment = new WatermarkAlignment<string>(Number(vector['maxDriftMs']));
  play(vector, (step) => {
    if ('report' in step) {
      const { subtask, watermark, group } = step['report'] as Json;
      alignment.report(String(subtask), typeof group === 'string' ? group : '', timeOf(watermark));
    } else if ('expectMaxAllowed' in step) {
      for (const [subtask, limit] of Object.entries(step['expectMaxAllowed'] as Json))
        expectTime(alignment.maxAllowedWatermark(subtask), limit, subtask);
    } else unknownStep();
  });
}

function playAggregator(vector: Vector): void {
  const aggregator = new WatermarkAggregator<string>();
  play(vector, (step) => expectTime(aggregator.aggregate(String(step['key']), timeOf(step['watermark'])), step['min'], 'min'));
}

/** The timeout alone, or as the only parameter. */
function playIdleTimeoutIsValid({ cases = [] }: Vector): void {
  for (const { in: given, out } of cases) {
    const [timeoutMs] = typeof given === 'object' && given !== null ? Object.values(given as Json) : [given];
    expectSame(isValidIdleTimeout(timeOf(timeoutMs)), out, textOf(given));
  }
}

export const adapters: Adapters = {
  'table/idleTimeoutIsValid': playIdleTimeoutIsValid,
  valve: playValve,
  watermarkMultiplexer: playMultiplexer,
  watermarkGenerator: playGenerator,
  idlenessTimer: playIdlenessTimer,
  watermarkAlignment: playAlignment,
  watermarkAggregator: playAggregator,
};
