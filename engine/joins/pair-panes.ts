import { callUser } from '../windows/user-code-error.ts';
import type { CoFunction } from './co-window-operator.ts';
import type { Joiner } from './joined-record.ts';

/** Every left record with every right one, in order of arrival: an inner join (Flink: `JoinedStreams`). */
export function emitPairs(join: Joiner): CoFunction {
  return ({ left, right }, pane) => {
    for (const first of left) {
      for (const second of right) pane.collect(callUser('The function', () => join(first, second)));
    }
  };
}
