import type { BarrierController, BarrierState } from './barrier-state.ts';
import type { ChannelBlocks } from './channel-blocks.ts';
import { CollectingBarriers } from './collecting-barriers.ts';

/** Aligned: no checkpoint is under way, no channel is blocked. */
export class WaitingForFirstBarrier implements BarrierState {
  readonly #collecting: CollectingBarriers;

  constructor(blocks: ChannelBlocks) {
    this.#collecting = new CollectingBarriers(blocks);
  }

  barrierReceived(controller: BarrierController, channel: number): BarrierState {
    return this.#collecting.barrierReceived(controller, channel);
  }

  endOfPartition(): BarrierState {
    return this;
  }

  abort(): BarrierState {
    return this;
  }
}
