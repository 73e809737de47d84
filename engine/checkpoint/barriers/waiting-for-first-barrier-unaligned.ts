import type { BarrierController, BarrierState } from './barrier-state.ts';
import { CollectingBarriersUnaligned } from './collecting-barriers-unaligned.ts';
import type { InputRecording } from './inflight-recorder.ts';

/** Unaligned: no checkpoint is under way. The first barrier triggers it at once. */
export class WaitingForFirstBarrierUnaligned implements BarrierState {
  readonly #recording: InputRecording;
  readonly #collecting: CollectingBarriersUnaligned;

  constructor(recording: InputRecording) {
    this.#recording = recording;
    this.#collecting = new CollectingBarriersUnaligned(recording);
  }

  barrierReceived(controller: BarrierController): BarrierState {
    this.#recording.start(controller.checkpointId);
    controller.triggerCheckpoint();
    return this.#collecting.barrierReceived(controller);
  }

  endOfPartition(): BarrierState {
    return this;
  }

  abort(): BarrierState {
    return this;
  }
}
