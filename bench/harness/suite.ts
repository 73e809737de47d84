/** What a run computed, as numbers that every variant of a group must agree on. */
export type Outcome = Readonly<Record<string, number>>;

/** One way of doing the work of a suite. */
export interface Variant {
  /** Unique within the suite. */
  readonly name: string;
  /** Variants of a group process the same data: their outcomes must be equal, and ratios are to the group's first variant. */
  readonly group: string;
  /** Records one run processes. */
  readonly records: number;
  /** Measured repetitions at most; absent: all. For variants so slow that they would take most of the time. */
  readonly repetitions?: number;
  /** Null: nothing that could be compared. */
  run(): Outcome | null | Promise<Outcome | null>;
}

/** A speed that a variant has to reach. */
export interface Requirement {
  readonly variant: string;
  /** The variant that the speed is a multiple of; null: `require` and `goal` are millions of records per second. */
  readonly of: string | null;
  readonly require: number;
  readonly goal: number;
}

export interface SuiteOptions {
  /** Less data and fewer repetitions: shows that everything works, not how fast it is. */
  readonly quick: boolean;
}

export interface PreparedSuite {
  /** What was measured, in a line: sizes and settings. */
  readonly description: string;
  readonly repetitions: number;
  readonly variants: readonly Variant[];
  readonly requirements: readonly Requirement[];
  /** Before every repetition, the dropped one (0) included; not timed. */
  readonly beforeRepetition?: (repetition: number) => void;
}

export interface Suite {
  /** Names it on the command line. */
  readonly name: string;
  readonly title: string;
  prepare(options: SuiteOptions): Promise<PreparedSuite>;
}
