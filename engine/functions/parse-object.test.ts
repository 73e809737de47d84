import { describe, expect, it } from 'vitest';
import { checkObject } from './check-object.ts';
import { instantiate, parsedObject } from './compile-object.ts';
import { userErrorOf } from './user-error.ts';

const EXPECTED = {
  howToWrite: 'Write "({ processElement(value, ctx, out) { … } })".',
  methods: [
    { name: 'processElement', required: true, record: { fields: [{ name: 'id', type: 'string' }] } },
    { name: 'onTimer' },
    { name: 'open' },
  ],
} as const;

const problemsOf = (source: string): string[] =>
  checkObject(source, EXPECTED).problems.map(({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`);

describe('user code with several methods', () => {
  it.each([
    'class Alerts { processElement(value) { return value.id; } }',
    'class { processElement(value) { return value.id; } }',
    '({ processElement(value) { return value.id; } });',
    '{ processElement: (value) => value.id }',
    '// a comment\ninterface Reading { id: string }\nclass Alerts { processElement(value: Reading): string { return value.id; } };',
  ])('is a class or an object: %s', (source) => {
    expect(problemsOf(source)).toEqual([]);
    const object = instantiate(parsedObject(source)) as { processElement(value: object): unknown };
    expect(object.processElement({ id: 'a' })).toBe('a');
  });

  it('may be TypeScript, as far as it is only types', () => {
    const source = [
      'class Counter<T extends { id: string }> implements ProcessFunction<T> {',
      '  private readonly seen: Map<string, number> = new Map<string, number>();',
      '  declare typed: number;',
      '  last!: string; next?: string',
      '  [key: string]: unknown;',
      '  processElement(value: T): number;',
      '  public processElement(value?: T): number {',
      '    const count = (this.seen.get(value!.id) as number ?? 0) + 1;',
      '    this.seen.set(value!.id, count);',
      '    return count;',
      '  }',
      '}',
    ].join('\n');
    expect(problemsOf(source)).toEqual([]);
    const object = instantiate(parsedObject(source)) as { processElement(value: object): unknown };
    expect([object.processElement({ id: 'a' }), object.processElement({ id: 'a' })]).toEqual([1, 2]);
  });

  it('says what is missing, misspelled or unknown, and where', () => {
    expect(problemsOf('class A {\n  processElment(value) { return document.title; }\n}')).toEqual([
      '1:1 error There is no method "processElement". Write "({ processElement(value, ctx, out) { … } })".',
      '2:16 warning "processElment" is never called by the engine. Did you mean "processElement"?',
      '2:33 error "document" is not available here: user code sees its arguments, "this" and the globals of JavaScript, nothing of the browser.',
    ]);
    expect(problemsOf('({ processElement(value) { return value.idd; } })')).toEqual([
      '1:41 error The record has no field "idd". Did you mean "id"?',
    ]);
    expect(problemsOf('({ processElement(value) { this.at = Date.now(); } })')[0]).toMatch(/^1:38 warning This reads the clock/);
    expect(problemsOf('({ async processElement(value) { await value.id; } })')[0]).toMatch(/"processElement" cannot be async/);
  });

  it('is refused when it is something else', () => {
    expect(problemsOf('(value) => value')[0]).toMatch(/^1:1 error This is neither a class nor an object/);
    expect(problemsOf('class A { processElement() {} }\nclass B {}')[0]).toMatch(/^2:1 error Only one class or object/);
    expect(problemsOf('class A { processElement( {} }')[0]).toMatch(/error Unexpected token/);
    expect(problemsOf("import x from 'y';\nclass A {}")[0]).toMatch(/cannot import or export/);
    expect(problemsOf('class A { constructor(private x: number) {} processElement() {} }')[0]).toMatch(/Only types can be used here/);
  });

  it('throws with its own lines', () => {
    const object = instantiate(parsedObject("class A {\n  processElement(value) {\n    throw new Error('no');\n  }\n}")) as {
      processElement(): void;
    };
    expect.assertions(1);
    try {
      object.processElement();
    } catch (error) {
      expect(userErrorOf(error)).toMatchObject({ message: 'Error: no', line: 3, column: 11 });
    }
  });
});
