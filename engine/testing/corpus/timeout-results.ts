import { only } from './known-fields.ts';
import type { Json } from './vector.ts';

/**
 * What `onTimeout` of an async vector gives instead of an answer: a list of results, or one result, alone or as `results`, `emit` or `complete`. A text that begins with "="
 * is arithmetic over `value.FIELD`, in any other `{value.FIELD}` is replaced.
 */
export function timeoutResults(onTimeout: unknown, value: Json): readonly unknown[] {
  if (typeof onTimeout === 'object' && onTimeout !== null && !Array.isArray(onTimeout)) {
    only(onTimeout as Json, ['results', 'emit', 'complete'], 'onTimeout');
    const [given = []] = Object.values(onTimeout as Json);
    return timeoutResults(given, value);
  }
  if (Array.isArray(onTimeout)) return onTimeout.map((one: unknown) => resultOf(one, value));
  return [resultOf(onTimeout, value)];
}

function resultOf(result: unknown, value: Json): unknown {
  if (typeof result !== 'string') return result;
  if (result.startsWith('=')) return new Arithmetic(result.slice(1), value).evaluate();
  return result.replaceAll(/\{value\.(\w+)\}/g, (_, field: string) => String(value[field]));
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|value\.([A-Za-z_]\w*)|([-+*/()]))/y;

/** Sums, products and parentheses. */
class Arithmetic {
  readonly #tokens: (number | string)[] = [];
  #at = 0;

  constructor(text: string, value: Json) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const match = TOKEN.exec(text);
      if (match === null) throw new Error(`"${text}" is no arithmetic that the adapter knows`);
      const [, number, field, operator] = match;
      this.#tokens.push(operator ?? Number(field === undefined ? number : value[field]));
    }
  }

  evaluate(): number {
    let sum = this.#product();
    for (let sign = this.#tokens[this.#at]; sign === '+' || sign === '-'; sign = this.#tokens[this.#at]) {
      this.#at++;
      const term = this.#product();
      sum = sign === '+' ? sum + term : sum - term;
    }
    return sum;
  }

  #product(): number {
    let product = this.#factor();
    for (let sign = this.#tokens[this.#at]; sign === '*' || sign === '/'; sign = this.#tokens[this.#at]) {
      this.#at++;
      const factor = this.#factor();
      product = sign === '*' ? product * factor : product / factor;
    }
    return product;
  }

  #factor(): number {
    const token = this.#tokens[this.#at++];
    if (typeof token === 'number') return token;
    if (token === '-') return -this.#factor();
    if (token !== '(') throw new Error('the arithmetic ends too early');
    const inner = this.evaluate();
    this.#at++;
    return inner;
  }
}
