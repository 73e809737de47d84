import { MIN_WATERMARK } from '../elements/marks.ts';
import { assert } from '../util/assert.ts';

/** What the valve lets through. `origin` is that of the input that opened it. */
export interface WatermarkValveOutput {
  emitWatermark(watermark: number, origin: number): void;
  emitWatermarkStatus(idle: boolean, origin: number): void;
}

/** Plain data. Channels in their order. */
export interface ValveSnapshot {
  readonly channels: readonly { readonly watermark: number; readonly idle: boolean; readonly aligned: boolean }[];
  readonly watermark: number;
  readonly idle: boolean;
}

interface ChannelStatus {
  watermark: number;
  idle: boolean;
  /** Takes part in the minimum. A channel that comes back from idleness behind the output does not, until it has caught up. */
  aligned: boolean;
}

/**
 * Combines watermarks and idleness of several input channels into those of the operator (Flink: `StatusWatermarkValve`).
 *
 * - The output is the minimum over the channels that are active and aligned, and never goes back. Channels start active, aligned, at MIN.
 * - An idle channel holds nobody back; its watermarks are ignored until it is active again.
 * - When the last active channel goes idle and it was the one that held the output back, nothing can advance the minimum any more, so the
 *   *maximum* over all channels is flushed, and then the status IDLE (behaviour of Flink's current master).
 */
export class WatermarkValve {
  readonly #channels: readonly ChannelStatus[];
  readonly #output: WatermarkValveOutput;
  #lastWatermark = MIN_WATERMARK;
  #idle = false;

  constructor(channelCount: number, output: WatermarkValveOutput) {
    assert(channelCount > 0, 'a valve has at least one channel');
    this.#channels = Array.from({ length: channelCount }, () => ({ watermark: MIN_WATERMARK, idle: false, aligned: true }));
    this.#output = output;
  }

  /** The last watermark that was let through. */
  get watermark(): number {
    return this.#lastWatermark;
  }

  get isIdle(): boolean {
    return this.#idle;
  }

  inputWatermark(watermark: number, channelIndex: number, origin: number): void {
    const channel = this.#channel(channelIndex);
    if (this.#idle || channel.idle || watermark <= channel.watermark) return;
    channel.watermark = watermark;
    if (!channel.aligned && watermark >= this.#lastWatermark) channel.aligned = true;
    this.#emitMinimum(origin);
  }

  inputWatermarkStatus(idle: boolean, channelIndex: number, origin: number): void {
    const channel = this.#channel(channelIndex);
    if (channel.idle === idle) return;
    channel.idle = idle;
    if (idle) this.#becameIdle(channel, origin);
    else this.#becameActive(channel, origin);
  }

  snapshot(): ValveSnapshot {
    return { channels: this.#channels.map((channel) => ({ ...channel })), watermark: this.#lastWatermark, idle: this.#idle };
  }

  restore({ channels, watermark, idle }: ValveSnapshot): void {
    assert(channels.length === this.#channels.length, 'a valve is restored with its channels');
    for (const [i, channel] of channels.entries()) Object.assign(this.#channel(i), channel);
    this.#lastWatermark = watermark;
    this.#idle = idle;
  }

  #becameIdle(channel: ChannelStatus, origin: number): void {
    channel.aligned = false;
    const heldBack = channel.watermark === this.#lastWatermark;
    if (this.#channels.some((other) => !other.idle)) {
      if (heldBack) this.#emitMinimum(origin);
      return;
    }
    if (heldBack)
      this.#emitIfHigher(
        this.#channels.reduce((max, other) => Math.max(max, other.watermark), MIN_WATERMARK),
        origin,
      );
    this.#idle = true;
    this.#output.emitWatermarkStatus(true, origin);
  }

  #becameActive(channel: ChannelStatus, origin: number): void {
    if (channel.watermark >= this.#lastWatermark) channel.aligned = true;
    if (!this.#idle) return;
    this.#idle = false;
    this.#output.emitWatermarkStatus(false, origin);
  }

  #emitMinimum(origin: number): void {
    let minimum = Number.POSITIVE_INFINITY;
    let alignedCount = 0;
    for (const channel of this.#channels) {
      if (!channel.aligned) continue;
      alignedCount++;
      if (channel.watermark < minimum) minimum = channel.watermark;
    }
    if (alignedCount > 0) this.#emitIfHigher(minimum, origin);
  }

  #emitIfHigher(watermark: number, origin: number): void {
    if (watermark <= this.#lastWatermark) return;
    this.#lastWatermark = watermark;
    this.#output.emitWatermark(watermark, origin);
  }

  #channel(channelIndex: number): ChannelStatus {
    const channel = this.#channels[channelIndex];
    assert(channel !== undefined, () => `channel ${channelIndex} exists`);
    return channel;
  }
}
