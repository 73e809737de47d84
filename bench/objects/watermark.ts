/** A watermark among the records of one stream. */
export class Watermark {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}
