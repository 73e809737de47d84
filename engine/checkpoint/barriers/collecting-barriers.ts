import type { BarrierController, BarrierState } from './barrier-state.ts';
import type { ChannelBlocks } from './channel-blocks.ts';

/** Aligned: some channels have sent their barrier and are blocked until the others have, so that the snapshot reflects no record behind a barrier. */
export class CollectingBarriers implements BarrierState {
  readonly #blocks: ChannelBlocks;

  constructor(blocks: ChannelBlocks) {
    this.#blocks = blocks;
  }

  barrierReceived(controller: BarrierController, channel: number): BarrierState {
    this.#blocks.block(channel);
    return this.#next(controller);
  }

  endOfPartition(controller: BarrierController, channel: number): BarrierState {
    this.#blocks.unblock(channel);
    return this.#next(controller);
  }

  abort(controller: BarrierController): BarrierState {
    this.#blocks.unblockAll();
    return controller.initialState;
  }

  #next(controller: BarrierController): BarrierState {
    if (!controller.allBarriersReceived()) return this;
    // The snapshot first: what waits behind the barriers must not be in it.
    controller.triggerCheckpoint();
    this.#blocks.unblockAll();
    return controller.initialState;
  }
}
