import type { ObjectOperator } from '../objects/object-operator.ts';
import { TimerHeap } from '../objects/timer-heap.ts';
import { KeyState } from './key-state.ts';

export interface Transaction {
  readonly id: string;
  readonly timestamp: number;
  readonly amount: number;
}

/** What a rule emits, and when. */
export interface Emitted {
  readonly record: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

interface TimerService {
  registerEventTimeTimer(time: number): void;
  deleteEventTimeTimer(time: number): void;
}

interface Context {
  getState(name: string): KeyState;
  timestamp(): number;
  getCurrentKey(): string;
  timerService(): TimerService;
}

interface Collector {
  collect(record: Readonly<Record<string, unknown>>): void;
}

/** A rule, made from its text. It keeps nothing but what it gets in `open`. */
export interface UserRule {
  open(context: Context): void;
  processElement(transaction: Transaction, context: Context, out: Collector): void;
  onTimer(timestamp: number, context: Context, out: Collector): void;
}

/** A user's rule with a Map per state and a heap of timers: what the text of the rule is given by an engine that keeps objects. */
export class ObjectRule implements ObjectOperator<Transaction> {
  readonly #rule: UserRule;
  readonly #timers = new TimerHeap();
  readonly #states: KeyState[] = [];
  readonly #context: Context;
  readonly #out: Collector;
  #key = '';
  #timestamp = 0;

  constructor(rule: UserRule, emit: (result: Emitted) => void) {
    const timerService: TimerService = {
      registerEventTimeTimer: (time) => this.#timers.register(time, this.#key),
      deleteEventTimeTimer: (time) => this.#timers.delete(time, this.#key),
    };
    this.#context = {
      getState: () => {
        const state = new KeyState();
        this.#states.push(state);
        return state;
      },
      timestamp: () => this.#timestamp,
      getCurrentKey: () => this.#key,
      timerService: () => timerService,
    };
    this.#out = { collect: (record) => emit({ record, timestamp: this.#timestamp }) };
    this.#rule = rule;
    this.#rule.open(this.#context);
  }

  processElement(transaction: Transaction): void {
    this.#setKey(transaction.id, transaction.timestamp);
    this.#rule.processElement(transaction, this.#context, this.#out);
  }

  processWatermark(watermark: number): void {
    for (let timer = this.#timers.pop(watermark); timer !== null; timer = this.#timers.pop(watermark)) {
      this.#setKey(timer.key, timer.time);
      this.#rule.onTimer(timer.time, this.#context, this.#out);
    }
  }

  #setKey(key: string, timestamp: number): void {
    this.#key = key;
    this.#timestamp = timestamp;
    for (const state of this.#states) state.key = key;
  }
}
