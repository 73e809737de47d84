import type { BarrierController, BarrierState } from './barrier-state.ts';
import type { InputRecording } from './inflight-recorder.ts';

/** Unaligned: the snapshot has been taken, and what still comes before the barriers of the other channels is stored with it. */
export class CollectingBarriersUnaligned implements BarrierState {
  readonly #recording: InputRecording;

  constructor(recording: InputRecording) {
    this.#recording = recording;
  }

  barrierReceived(controller: BarrierController): BarrierState {
    return this.#next(controller);
  }

  endOfPartition(controller: BarrierController): BarrierState {
    return this.#next(controller);
  }

  abort(controller: BarrierController): BarrierState {
    this.#recording.stop();
    return controller.initialState;
  }

  #next(controller: BarrierController): BarrierState {
    return controller.allBarriersReceived() ? this.abort(controller) : this;
  }
}
