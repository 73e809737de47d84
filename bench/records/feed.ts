import type { KeyedRecords } from './keyed-records.ts';
import type { WatermarkSchedule } from './watermark-schedule.ts';

/** Feeds records and watermarks, in their order, into a pipeline that takes one at a time. */
export function feed(
  { count, ids, dictionary, timestamps, values, passes }: KeyedRecords,
  watermarks: WatermarkSchedule,
  onRecord: (id: string, timestamp: number, value: number, i: number) => void,
  onWatermark: (watermark: number) => void,
): void {
  const names = dictionary.values;
  let m = 0;
  for (let i = 0; i < count; i++) {
    onRecord(names[ids[i] as number] as string, timestamps[i] as number, values[i] as number, i);
    while (m < watermarks.positions.length && watermarks.positions[m] === i + 1)
      onWatermark((watermarks.values[m++] as number) + passes.base);
  }
  onWatermark(Number.POSITIVE_INFINITY);
}
