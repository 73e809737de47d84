import type { RequirementResult, SuiteResult, VariantResult } from './run-suite.ts';

const HEAD = ['variant', 'M rec/s', 'slowest..fastest', 'ns/rec', 'of limit', 'by cpu', 'required', 'goal', ''] as const;

/** The results as a table for people; a variant with several requirements has a line for each. */
export function tableOf(result: SuiteResult): string {
  const lines = result.variants.flatMap(linesOf);
  return [alignedTable(HEAD, lines), ...result.mismatches.map((mismatch) => `MISMATCH  ${mismatch}`)].join('\n');
}

/** First and last column to the left, the others to the right. */
function alignedTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((title, c) => Math.max(title.length, ...lines.map((line) => (line[c] ?? '').length)));
  const isLeft = (c: number): boolean => c === 0 || c === head.length - 1;
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, c) => (isLeft(c) ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function linesOf(variant: VariantResult): string[][] {
  const [first, ...more] = variant.requirements;
  return [
    [
      variant.name,
      digits(variant.millionsPerSecond),
      `${digits(variant.slowest)}..${digits(variant.fastest)}`,
      digits(variant.nanosecondsPerRecord),
      variant.ratio.toFixed(3),
      variant.cpuRatio?.toFixed(3) ?? '',
      ...(first === undefined ? ['', '', ''] : requirementCells(first, variant)),
    ],
    ...more.map((requirement) => ['', '', '', '', '', '', ...requirementCells(requirement, variant)]),
  ];
}

function requirementCells(requirement: RequirementResult, variant: VariantResult): string[] {
  const { of, measured, verdict } = requirement;
  const words = { goal: 'pass, goal reached', pass: 'pass, below the goal', below: 'BELOW' }[verdict];
  const isLimit = of !== null && measured === variant.ratio;
  const what = of === null ? 'M rec/s' : isLimit ? '' : `${measured < 10 ? measured.toFixed(2) : measured.toFixed(1)} of "${of}"`;
  return [String(requirement.require), String(requirement.goal), [words, what].filter((part) => part !== '').join(', ')];
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
