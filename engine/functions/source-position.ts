/** A place in the source text of a user function; both 1-based, as editors and stack traces count. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** Something wrong (or doubtful) in a user function. */
export interface FunctionProblem extends SourcePosition {
  readonly severity: 'error' | 'warning';
  /** Stable, kebab-case. */
  readonly code: string;
  /** A sentence that says what is wrong and what to write instead. */
  readonly message: string;
}

export function positionAt(source: string, offset: number): SourcePosition {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

export function functionError(source: string, offset: number, code: string, message: string): FunctionProblem {
  return { severity: 'error', code, message, ...positionAt(source, offset) };
}
