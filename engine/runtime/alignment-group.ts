import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import type { ArrivalClock } from '../elements/processing-time.ts';
import { MAX_WATERMARK, MIN_WATERMARK } from '../elements/marks.ts';
import type { AlignmentSettings } from '../operators/definition.ts';
import { WatermarkAlignment } from '../time/watermark-alignment.ts';

/** A source subtask as the others of its group see it. */
export interface AlignmentMember {
  readonly nextPosition: number;
  readonly isFinished: boolean;
  /** How far its watermark has come. */
  readonly eventTime: EventTimeProgress;
}

export interface AlignmentGroupState {
  readonly round: number;
  readonly maxAllowedWatermark: number;
}

/** Within one round a source looks so often whether it has come too far. */
const CHECKS_PER_ROUND = 64;

/**
 * The source subtasks of a job that are kept together in event time. Positions are divided into rounds of one update interval of processing time;
 * a round begins when everybody has reached it, and its limit follows from how far their watermarks have come by then. So the limit is
 * a function of positions, however the sources are scheduled: see `docs/decisions/0009-watermark-alignment.md`.
 */
export class AlignmentGroup {
  /** Positions of a round. */
  readonly roundLength: number;
  /** A source looks at its watermark at positions that are multiples of this. */
  readonly checkLength: number;
  readonly #maxDriftMs: number;
  readonly #name: string;
  readonly #members: AlignmentMember[] = [];
  #round = -1;
  #maxAllowedWatermark = MAX_WATERMARK;

  constructor({ group, maxDriftMs, updateIntervalMs }: AlignmentSettings, clock: ArrivalClock) {
    this.#name = group;
    this.#maxDriftMs = maxDriftMs;
    this.roundLength = Math.max(1, Math.ceil(updateIntervalMs / clock.intervalMs));
    this.checkLength = Math.max(1, Math.floor(this.roundLength / CHECKS_PER_ROUND));
  }

  /** A source with a higher watermark pauses for the rest of the round. */
  get maxAllowedWatermark(): number {
    return this.#maxAllowedWatermark;
  }

  join(member: AlignmentMember): void {
    this.#members.push(member);
  }

  /** False: a member has not come so far yet. */
  enter(round: number): boolean {
    if (round <= this.#round) return true;
    const start = round * this.roundLength;
    if (!this.#members.every(({ isFinished, nextPosition }) => isFinished || nextPosition >= start)) return false;
    this.#round = round;
    this.#maxAllowedWatermark = this.#announced();
    return true;
  }

  /** As in Flink: who has no watermark yet has nothing to report, and who is idle or has ended holds nobody back. */
  #announced(): number {
    const alignment = new WatermarkAlignment<AlignmentMember>(this.#maxDriftMs);
    let limit = MAX_WATERMARK;
    for (const member of this.#members) {
      const { watermark, idle } = member.eventTime;
      if (watermark === MIN_WATERMARK && !member.isFinished && !idle) continue;
      alignment.report(member, this.#name, member.isFinished || idle ? MAX_WATERMARK : watermark);
      limit = alignment.maxAllowedWatermark(member);
    }
    return limit;
  }

  snapshot(): AlignmentGroupState {
    return { round: this.#round, maxAllowedWatermark: this.#maxAllowedWatermark };
  }

  restore({ round, maxAllowedWatermark }: AlignmentGroupState): void {
    if (round <= this.#round) return;
    this.#round = round;
    this.#maxAllowedWatermark = maxAllowedWatermark;
  }
}

/** The alignment groups of one job, by name. */
export class AlignmentGroups {
  readonly #groups = new Map<string, AlignmentGroup>();

  of(settings: AlignmentSettings, clock: ArrivalClock): AlignmentGroup {
    let group = this.#groups.get(settings.group);
    if (group === undefined) this.#groups.set(settings.group, (group = new AlignmentGroup(settings, clock)));
    return group;
  }
}
