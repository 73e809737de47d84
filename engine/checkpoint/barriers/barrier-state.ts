/** What the states may ask of the handler they belong to. */
export interface BarrierController {
  /** The state in which no checkpoint is under way. */
  readonly initialState: BarrierState;
  /** The checkpoint under way. */
  readonly checkpointId: number;
  /** Every channel that counts has sent its barrier, or has ended. */
  allBarriersReceived(): boolean;
  triggerCheckpoint(): void;
}

/** How far the barriers of a checkpoint have come. Each event gives the next state (Flink: `BarrierHandlerState`). */
export interface BarrierState {
  barrierReceived(controller: BarrierController, channel: number): BarrierState;
  /** A channel has ended while a checkpoint is under way, and counts as if its barrier had come. */
  endOfPartition(controller: BarrierController, channel: number): BarrierState;
  abort(controller: BarrierController): BarrierState;
}
