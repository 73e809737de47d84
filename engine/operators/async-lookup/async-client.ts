import type { Row } from '../../batch/schema.ts';

/** A record on its way: what is known of its call. */
export interface AsyncRequest {
  readonly record: Row;
  readonly timestamp: number;
  readonly origin: number;
  /** Rank by arrival: of events at the same time, those of the earlier request come first. */
  readonly rank: number;
  /** Processing time at which it was first called; the timeout counts from here. */
  readonly issuedAt: number;
  /** Number of the present (or, while it waits for a retry, next) attempt, from 1. */
  attempt: number;
  /** When that attempt began, or will begin. */
  attemptAt: number;
  /** Records to emit; null while it is in flight. */
  results: readonly Row[] | null;
  completedAt: number;
}

/** What comes back of a call, and when. */
export interface AsyncResponse {
  /** Processing time; not before the attempt began. */
  readonly at: number;
  /** Rows, or null: the call failed. */
  readonly rows: readonly Row[] | null;
}

/** The other side of asynchronous calls. Everything it says depends on the request and its attempt only, so a restored request is answered as before. */
export interface AsyncClient {
  /** Calls. Null: the answer will be told (`AsyncWaitOperator.answer`). */
  call(request: AsyncRequest): AsyncResponse | null;
  /** The records that answered rows become. May report, or fail the job. */
  resultsOf(request: AsyncRequest, rows: readonly Row[]): readonly Row[];
  /** The last attempt failed. May report, or fail the job. */
  failed(request: AsyncRequest): readonly Row[];
  /** Time is up. May report, or fail the job. */
  timedOut(request: AsyncRequest): readonly Row[];
}
