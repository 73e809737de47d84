import type { Field, Row, Schema } from '../../batch/schema.ts';
import { isSingleValue, VALUE_FIELD } from '../../functions/side-outputs.ts';
import type { CallState } from '../../process/call-state.ts';
import { Emission } from '../../process/emission.ts';
import { RuntimeContext } from '../../functions/runtime-context.ts';
import type { Method } from '../../process/user-code.ts';
import { UserCode } from '../../process/user-code.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import { must } from '../../util/assert.ts';
import { didYouMean } from '../../util/nearest.ts';
import type { OperatorContext, OperatorSetup } from '../operator.ts';
import { PROCESS_JOIN_FUNCTION } from './process-join.ts';

export interface PairTimes {
  readonly left: number;
  readonly right: number;
}

/**
 * The process function of pairs of one subtask (Flink: `ProcessJoinFunction`): any number of results for a pair, with the later of both timestamps, and side
 * outputs. What it throws fails the job.
 */
export class PairProcess {
  readonly #schema: Schema;
  readonly #tags: ReadonlyMap<string, { readonly tag: Field; readonly schema: Schema }>;
  readonly #call: CallState = { phase: 'idle', timestamp: Number.NaN, key: null, domain: null, watermark: MIN_WATERMARK, now: 0 };
  readonly #emission = new Emission();
  readonly #user: UserCode;
  readonly #runtime: RuntimeContext;
  readonly #collector = { collect: (record: unknown): void => this.#emission.add(null, this.#schema, record, 'out.collect') };
  readonly #context = {
    getLeftTimestamp: (): number => this.#times.left,
    getRightTimestamp: (): number => this.#times.right,
    getTimestamp: (): number => Math.max(this.#times.left, this.#times.right),
    getRuntimeContext: (): RuntimeContext => this.#runtime,
    output: (tag: unknown, value: unknown): void => this.#outputTo(tag, value),
  };
  #times: PairTimes = { left: Number.NaN, right: Number.NaN };
  #method: Method | null = null;

  constructor(code: string, tags: readonly Field[], setup: OperatorSetup) {
    this.#schema = setup.outputSchema('out');
    this.#tags = new Map(tags.map((tag) => [tag.name, { tag, schema: setup.outputSchema(tag.name) }]));
    this.#user = new UserCode(PROCESS_JOIN_FUNCTION, code, this.#call, false);
    this.#runtime = new RuntimeContext(setup);
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#runtime.counters();
  }

  open(context: OperatorContext): void {
    this.#user.instantiate(context);
    this.#method = this.#user.requiredMethod('processElement');
    this.#call.phase = 'life-cycle';
    this.#user.callLifeCycle('open', 0, { getRuntimeContext: () => this.#runtime });
    this.#call.phase = 'idle';
  }

  close(): void {
    if (!this.#user.isUsable) return;
    this.#call.phase = 'life-cycle';
    this.#user.callLifeCycle('close', 0);
    this.#call.phase = 'idle';
  }

  /** Both records are the function's own. @param content What is shown of the pair when it fails. */
  process(left: Row, right: Row, times: PairTimes, origin: number, content: () => unknown): void {
    this.#times = times;
    this.#call.phase = 'element';
    try {
      must(this.#method, 'the method of an open function').call(this.#user.object, left, right, this.#context, this.#collector);
    } catch (error) {
      this.#user.fail('processElement', error, content(), origin);
    }
    this.#call.phase = 'idle';
    this.#emission.sendTo(this.#user.context.output, this.#context.getTimestamp(), origin);
  }

  #outputTo(tag: unknown, value: unknown): void {
    if (this.#call.phase !== 'element') throw new TypeError('Nothing can be emitted here.');
    const name = typeof tag === 'object' && tag !== null ? (tag as { readonly id?: unknown }).id : tag;
    const side = this.#tags.get(name as string);
    if (side === undefined) {
      const suggestion = typeof name === 'string' ? didYouMean(name, this.#tags.keys()) : '';
      throw new TypeError(`There is no side output ${JSON.stringify(name) ?? 'undefined'}.${suggestion} Declare it under "Side outputs".`);
    }
    this.#emission.add(side.tag.name, side.schema, isSingleValue(side.tag) ? { [VALUE_FIELD]: value } : value, 'ctx.output');
  }
}
