import { Observable, Subject } from 'rxjs';
import { feed } from '../records/feed.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import { Watermark } from './watermark.ts';

/** An operator as engines have it that call it once per record. What it emits goes to a function it was made with. */
export interface ObjectOperator<T> {
  processElement(record: T): void;
  processWatermark(watermark: number): void;
}

export interface ObjectPipeline<T, R> {
  readonly records: KeyedRecords;
  readonly watermarks: WatermarkSchedule;
  /** A record as the source makes it. @param i Its number in the pass. */
  readonly newRecord: (id: string, timestamp: number, value: number, i: number) => T;
  readonly newOperator: (emit: (result: R) => void) => ObjectOperator<T>;
  readonly onResult: (result: R) => void;
}

/** One object per record, one call per operator. */
export function runObjects<T, R>({ records, watermarks, newRecord, newOperator, onResult }: ObjectPipeline<T, R>): void {
  const operator = newOperator(onResult);
  feed(
    records,
    watermarks,
    (id, timestamp, value, i) => operator.processElement(newRecord(id, timestamp, value, i)),
    (watermark) => operator.processWatermark(watermark),
  );
}

/** One stream of records and watermarks through an operator written for the purpose: the best there is without leaving RxJS. */
export function runInRxjs<T extends object, R>({ records, watermarks, newRecord, newOperator, onResult }: ObjectPipeline<T, R>): void {
  const source = new Subject<T | Watermark>();
  const byHand = (stream: Observable<T | Watermark>): Observable<R> =>
    new Observable((subscriber) => {
      const operator = newOperator((result) => subscriber.next(result));
      stream.subscribe((element) => {
        if (element instanceof Watermark) operator.processWatermark(element.value);
        else operator.processElement(element);
      });
    });
  source.pipe(byHand).subscribe(onResult);
  feed(
    records,
    watermarks,
    (id, timestamp, value, i) => source.next(newRecord(id, timestamp, value, i)),
    (watermark) => source.next(new Watermark(watermark)),
  );
}
