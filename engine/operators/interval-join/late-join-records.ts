import type { Row } from '../../batch/schema.ts';
import { positionOf } from '../../elements/origin.ts';
import { instantText, instantTextBeside } from '../../windows/instant-text.ts';
import type { OperatorContext } from '../operator.ts';
import type { IntervalJoinConfig } from './definition.ts';
import { LATE_PORTS } from './definition.ts';
import type { Side } from './interval-bounds.ts';

/** A record before the watermark is not joined: it is reported, and sent to the side output of its input or made to fail the job. */
export function handleLateRecord(
  handling: IntervalJoinConfig['lateData'],
  context: OperatorContext,
  record: Row,
  timestamp: number,
  origin: number,
  side: Side,
  watermark: number,
): void {
  const reason =
    `Timestamp ${instantText(timestamp)} is before the watermark ${instantTextBeside(watermark, timestamp)}: ` +
    `records of the ${side === 0 ? 'right' : 'left'} input that it would join with may be gone.`;
  const position = positionOf(origin);
  context.report('late', position, reason, record);
  if (handling === 'fail') context.fail(reason, position, record);
  if (handling === 'side-output') context.output.sideOutput(LATE_PORTS[side], record, timestamp, origin);
}

/** Fails the job: an interval is a span of event time. */
export function failWithoutJoinTimestamp(context: OperatorContext, record: Row, origin: number): never {
  return context.fail(
    'The record has no event timestamp, so it cannot be joined by time. Assign timestamps and watermarks upstream of the join.',
    positionOf(origin),
    record,
  );
}
