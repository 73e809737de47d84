/** The file as a whole cannot be read as what it was said to be. The message says what is wrong and what to do. */
export class FormatError extends Error {
  /** Physical line it was found on. */
  readonly line: number;
  /** That line, shortened. */
  readonly content: string;

  constructor(message: string, line: number, content: string) {
    super(message);
    this.name = 'FormatError';
    this.line = line;
    this.content = content;
  }
}
