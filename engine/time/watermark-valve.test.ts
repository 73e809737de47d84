import { expect, test } from 'vitest';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { WatermarkValve } from './watermark-valve.ts';

/** Drives a valve in the words of Flink's StatusWatermarkValveTest and collects what came through. */
class ValveStory {
  readonly #valve: WatermarkValve;
  #emitted: unknown[] = [];

  constructor(channelCount: number) {
    this.#valve = new WatermarkValve(channelCount, {
      emitWatermark: (watermark) => this.#emitted.push(watermark),
      emitWatermarkStatus: (idle) => this.#emitted.push(idle ? 'IDLE' : 'ACTIVE'),
    });
  }

  watermark(watermark: number, channel: number): this {
    this.#valve.inputWatermark(watermark, channel, 0);
    return this;
  }

  idle(channel: number): this {
    this.#valve.inputWatermarkStatus(true, channel, 0);
    return this;
  }

  active(channel: number): this {
    this.#valve.inputWatermarkStatus(false, channel, 0);
    return this;
  }

  expect(...emitted: unknown[]): this {
    expect(this.#emitted).toEqual(emitted);
    this.#emitted = [];
    return this;
  }
}

test('with one channel, rising watermarks pass and falling or repeated ones do not', () => {
  new ValveStory(1).watermark(0, 0).expect(0).watermark(25, 0).expect(25).watermark(25, 0).watermark(18, 0).expect();
});

test('with one channel, only changes of the status pass', () => {
  new ValveStory(1).active(0).expect().idle(0).expect('IDLE').idle(0).expect().active(0).expect('ACTIVE');
});

test('nothing passes until every channel has a watermark', () => {
  new ValveStory(3).watermark(0, 0).watermark(0, 1).expect().watermark(0, 2).expect(0);
});

test('the minimum of all channels passes', () => {
  new ValveStory(3)
    .watermark(0, 0)
    .watermark(0, 1)
    .watermark(0, 2)
    .expect(0)
    .watermark(12, 0)
    .watermark(8, 2)
    .watermark(10, 2)
    .watermark(15, 1)
    .expect(10)
    .watermark(17, 2)
    .expect(12)
    .watermark(20, 0)
    .expect(15);
});

test('a channel that goes back does not take the minimum with it', () => {
  new ValveStory(3)
    .watermark(25, 0)
    .watermark(10, 1)
    .watermark(17, 2)
    .expect(10)
    .watermark(12, 0)
    .watermark(8, 1)
    .watermark(15, 2)
    .expect();
});

test('the valve is idle while all channels are', () => {
  new ValveStory(2)
    .active(0)
    .active(1)
    .expect()
    .idle(1)
    .expect()
    .idle(0)
    .expect('IDLE')
    .idle(0)
    .idle(1)
    .expect()
    .active(1)
    .expect('ACTIVE')
    .active(0)
    .expect();
});

test('an idle channel no longer holds the others back', () => {
  new ValveStory(3)
    .watermark(15, 0)
    .watermark(10, 1)
    .expect()
    .idle(2)
    .expect(10)
    .watermark(18, 1)
    .expect(15)
    .idle(1)
    .watermark(20, 0)
    .expect(20);
});

test('when the channel that held back is the last to go idle, the largest watermark is flushed before the status', () => {
  new ValveStory(3).watermark(10, 0).watermark(5, 1).watermark(3, 2).expect(3).idle(0).idle(1).expect().idle(2).expect(10, 'IDLE');
});

test('going idle one after the other, each releases the next minimum', () => {
  new ValveStory(3).watermark(10, 0).watermark(5, 1).watermark(3, 2).expect(3).idle(2).expect(5).idle(1).expect(10).idle(0).expect('IDLE');
});

test('no watermark passes while every active channel is behind the output', () => {
  new ValveStory(3).watermark(10, 0).watermark(7, 1).expect().idle(2).expect(7).active(2).expect().idle(0).idle(1).expect();
});

test('a channel that comes back behind the output counts again once it has caught up', () => {
  new ValveStory(2)
    .watermark(7, 0)
    .watermark(10, 1)
    .expect(7)
    .idle(0)
    .expect(10)
    .active(0)
    .watermark(9, 0)
    .expect()
    .watermark(11, 1)
    .expect(11)
    .watermark(12, 0)
    .watermark(13, 1)
    .expect(12);
});

test('a channel that comes back behind and leaves again changes nothing', () => {
  new ValveStory(2).watermark(7, 0).watermark(10, 1).expect(7).idle(0).expect(10).active(0).watermark(9, 0).expect().idle(0).expect();
});

test('watermarks of idle channels are ignored', () => {
  new ValveStory(2).idle(0).watermark(25, 0).watermark(10, 1).expect(10).active(0).watermark(26, 0).watermark(30, 1).expect(26);
});

test('the end of event time passes when all channels reached it', () => {
  new ValveStory(2).watermark(MAX_WATERMARK, 0).expect().watermark(3, 1).expect(3).watermark(MAX_WATERMARK, 1).expect(MAX_WATERMARK);
});
