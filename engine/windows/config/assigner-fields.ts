import { checkFunction, problemsOfField } from '../../functions/check-function.ts';
import { checkObject } from '../../functions/check-object.ts';
import type { ConfigProblem, StreamShape } from '../../operators/definition.ts';
import type { Fields } from '../../operators/fields.ts';

/** Settings of assigners that more than one window operator has. */

type Raw = Readonly<Record<string, unknown>>;

const isDynamic = (config: Raw): boolean => config['gapKind'] === 'dynamic';

/** @param isShown Whether sessions are what is configured. */
export function gapFields(isShown: (config: Raw) => boolean) {
  return {
    gapKind: {
      kind: 'choice',
      label: 'Gap',
      help: 'How long without records ends a session.',
      default: 'fixed',
      options: [
        { value: 'fixed', label: 'The same for all records' },
        { value: 'dynamic', label: 'Computed from each record' },
      ],
      visibleWhen: isShown,
    },
    gap: {
      kind: 'duration',
      label: 'Length of the gap',
      help: 'A record that comes exactly this long after the last one still belongs to the session.',
      default: 30_000,
      minMs: 1,
      visibleWhen: (config) => isShown(config) && !isDynamic(config),
    },
    gapFunction: {
      kind: 'function',
      label: 'Gap after a record',
      help: 'In milliseconds, greater than 0, for example "(r) => (r.mobile ? 60000 : 10000)".',
      returns: 'number',
      required: true,
      default: '',
      visibleWhen: (config) => isShown(config) && isDynamic(config),
    },
  } as const satisfies Fields;
}

export interface GapConfig {
  readonly gapKind: 'fixed' | 'dynamic';
  readonly gap: number;
  readonly gapFunction: string;
}

export function gapProblems({ gapKind, gapFunction }: GapConfig, input: StreamShape | undefined): readonly ConfigProblem[] {
  if (gapKind !== 'dynamic' || gapFunction.trim() === '') return [];
  return problemsOfField(checkFunction(gapFunction, input?.schema ?? { fields: [] }).problems, 'gapFunction');
}

const ASSIGNER_TYPES =
  'interface UserObject { assignWindows(record: Input, timestamp: number, context: { readonly currentProcessingTime: number }): readonly { readonly start: number; readonly end: number }[]; [member: string]: any }';

const FIRST_ASSIGNER = `({
  assignWindows(record, timestamp, context) {
    const start = Math.floor(timestamp / 30000) * 30000;
    return [{ start, end: start + 30000 }];
  }
})`;

/** @param isShown Whether an assigner of the user is what is configured. */
export function assignerFields(isShown: (config: Raw) => boolean) {
  return {
    assigner: {
      kind: 'function',
      label: 'Assigner',
      help: 'An object or class with assignWindows(record, timestamp, context), which returns the windows of a record: any number of { start, end }, in milliseconds, the end not included.',
      returns: 'object',
      types: ASSIGNER_TYPES,
      required: true,
      default: FIRST_ASSIGNER,
      visibleWhen: isShown,
    },
    merging: {
      kind: 'boolean',
      label: 'Merge windows',
      help: 'Windows of one key that overlap or touch become one, as sessions do.',
      default: false,
      visibleWhen: isShown,
    },
  } as const satisfies Fields;
}

export function assignerProblems(assigner: string, input: StreamShape | undefined): readonly ConfigProblem[] {
  if (assigner.trim() === '') return [];
  const howToWrite = 'Write "({ assignWindows: (record, timestamp) => [{ start: timestamp, end: timestamp + 1000 }] })".';
  const record = input?.schema ?? { fields: [] };
  const { problems } = checkObject(assigner, { howToWrite, methods: [{ name: 'assignWindows', required: true, record }] });
  return problemsOfField(problems, 'assigner');
}
