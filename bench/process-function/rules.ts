import type { Field } from '../../engine/batch/schema.ts';
import type { TallyPlan } from '../job/tally.ts';

/** A user's code, and what it emits. */
export interface Rule {
  /** A class, as it is written into the editor. */
  readonly code: string;
  readonly schema: readonly Field[];
  readonly tally: TallyPlan;
}

export const LARGE_AMOUNT = 500;
export const FORGET_AFTER_MS = 60_000;
const IDLE_AFTER_MS = 3000;

/** An alert for a large transaction straight after a small one, if that was in the last minute. Few records set a timer. */
export const FRAUD_RULE: Rule = {
  code: `class FraudDetector {
  open(ctx) {
    this.flag = ctx.getState('flag');
    this.timer = ctx.getState('timer');
  }

  processElement(transaction, ctx, out) {
    if (this.flag.value() !== null) {
      if (transaction.amount > ${LARGE_AMOUNT}) out.collect({ id: transaction.id, amount: transaction.amount });
      ctx.timerService().deleteEventTimeTimer(this.timer.value());
      this.forget();
    }
    if (transaction.amount < 1) {
      const time = ctx.timestamp() + ${FORGET_AFTER_MS};
      ctx.timerService().registerEventTimeTimer(time);
      this.flag.update(true);
      this.timer.update(time);
    }
  }

  onTimer(timestamp, ctx, out) {
    this.forget();
  }

  forget() {
    this.flag.clear();
    this.timer.clear();
  }
}`,
  schema: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
  tally: { sums: ['amount'], timesBy: 'amount' },
};

/** How many transactions there were, once there was none for three seconds. Every record deletes a timer and sets another one. */
export const IDLE_RULE: Rule = {
  code: `class IdleAccounts {
  open(ctx) {
    this.count = ctx.getState('count');
    this.timer = ctx.getState('timer');
  }

  processElement(transaction, ctx, out) {
    const before = this.timer.value();
    if (before !== null) ctx.timerService().deleteEventTimeTimer(before);
    const time = ctx.timestamp() + ${IDLE_AFTER_MS};
    ctx.timerService().registerEventTimeTimer(time);
    this.timer.update(time);
    this.count.update((this.count.value() ?? 0) + 1);
  }

  onTimer(timestamp, ctx, out) {
    out.collect({ id: ctx.getCurrentKey(), count: this.count.value() });
    this.count.clear();
    this.timer.clear();
  }
}`,
  schema: [
    { name: 'id', type: 'string' },
    { name: 'count', type: 'double' },
  ],
  tally: { sums: ['count'], timesBy: 'count' },
};
