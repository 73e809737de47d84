import { functionError } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';

/** A node of the TypeScript parser. Its types are not published, so properties are read as unknown. */
export interface LooseNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

export type Erased = { readonly javascript: string } | { readonly problem: FunctionProblem };

const WHOLE = new Set(['TSTypeAnnotation', 'TSTypeParameterDeclaration', 'TSTypeParameterInstantiation']);
const DECLARATIONS = new Set(['TSTypeAliasDeclaration', 'TSInterfaceDeclaration', 'TSDeclareFunction']);
const TYPE_MODIFIERS = /\b(?:public|private|protected|readonly|override)\b/g;
const ENDED_BY_LINE_BREAK = new Set(['ExpressionStatement', 'VariableDeclaration', 'ReturnStatement', 'ThrowStatement']);

/**
 * Replaces every type by spaces, so that what remains is JavaScript whose lines and columns are those of the source. Only erasable
 * syntax is accepted: what would need code (enums, parameter properties, decorators) is a problem.
 */
export function eraseTypes(source: string, root: LooseNode): Erased {
  const eraser = new TypeEraser(source);
  eraser.visit(root, null);
  return eraser.result();
}

class TypeEraser {
  readonly #source: string;
  readonly #text: string[];
  /** Ends of statements that have no semicolon of their own. */
  readonly #openEnds = new Set<number>();
  /** `as T` at the end of an expression: where the expression ends, and where the blanks begin. */
  readonly #assertions: { readonly end: number; readonly blankFrom: number }[] = [];
  #problem: FunctionProblem | null = null;

  constructor(source: string) {
    this.#source = source;
    this.#text = source.split('');
  }

  result(): Erased {
    if (this.#problem !== null) return { problem: this.#problem };
    // `x as T` ends a statement at the line break, bare `x` would go on with a following `(` or `[`.
    for (const { end, blankFrom } of this.#assertions) if (this.#openEnds.has(end)) this.#text[blankFrom] = ';';
    return { javascript: this.#text.join('') };
  }

  visit(node: LooseNode, parent: LooseNode | null): void {
    if (this.#problem !== null) return;
    if (ENDED_BY_LINE_BREAK.has(node.type) && isInStatementList(node, parent) && this.#source[node.end - 1] !== ';')
      this.#openEnds.add(node.end);
    if (WHOLE.has(node.type)) return this.#eraseAnnotation(node, parent);
    if (DECLARATIONS.has(node.type) || (node.type === 'VariableDeclaration' && node['declare'] === true)) {
      this.#blank(node.start, node.end);
      this.#text[node.start] = ';';
      return;
    }
    if (isTypeOnlyMember(node)) return this.#blank(node.start, node.end);
    if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') return this.#eraseAssertion(node);
    if (node.type === 'TSNonNullExpression') this.#blank(node.end - 1, node.end);
    else if (node.type.startsWith('TS') && node.type !== 'TSInstantiationExpression') return this.#refuse(node);
    this.#eraseMarks(node);
    const interfaces = this.#eraseImplements(node);
    for (const child of looseChildren(node)) if (!interfaces.includes(child)) this.visit(child, node);
  }

  #eraseAnnotation(node: LooseNode, parent: LooseNode | null): void {
    this.#blank(node.start, node.end);
    const isArrowResult = parent?.type === 'ArrowFunctionExpression' && parent['returnType'] === node;
    if (!isArrowResult || !this.#source.slice(node.start, node.end).includes('\n')) return;
    // `=>` must stand on the line of the closing parenthesis.
    const parenthesis = this.#source.lastIndexOf(')', node.start);
    this.#text[parenthesis] = ' ';
    this.#text[node.end - 1] = ')';
  }

  #eraseAssertion(node: LooseNode): void {
    const expression = node['expression'] as LooseNode;
    const type = node['typeAnnotation'] as LooseNode;
    const keyword = node.type === 'TSAsExpression' ? 'as' : 'satisfies';
    const from = this.#source.lastIndexOf(keyword, type.start - keyword.length);
    this.#blank(from, node.end);
    this.#assertions.push({ end: node.end, blankFrom: from });
    this.visit(expression, node);
  }

  /** `class A implements B, C`: the interfaces, which are gone then. */
  #eraseImplements(node: LooseNode): readonly LooseNode[] {
    const interfaces = (node['implements'] as readonly LooseNode[] | undefined) ?? [];
    const first = interfaces[0];
    if (first !== undefined) this.#blank(this.#source.lastIndexOf('implements', first.start), interfaces.at(-1)?.end ?? first.end);
    return interfaces;
  }

  /** `private readonly x?: T` and `x!: T`, members of a class. */
  #eraseMemberMarks(member: LooseNode): void {
    const key = member['key'] as LooseNode;
    for (const modifier of this.#source.slice(member.start, key.start).matchAll(TYPE_MODIFIERS)) {
      this.#blank(member.start + modifier.index, member.start + modifier.index + modifier[0].length);
    }
    if (member['optional'] !== true && member['definite'] !== true) return;
    const at = this.#source.slice(key.end).search(/[?!]/);
    this.#blank(key.end + at, key.end + at + 1);
  }

  /** `x?: T` and `x!: T`: the mark stands between the name and the annotation. */
  #eraseMarks(node: LooseNode): void {
    if (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition') return this.#eraseMemberMarks(node);
    const name = node.type === 'VariableDeclarator' ? (node['id'] as LooseNode) : node;
    const isOptional = node['optional'] === true && (node.type === 'Identifier' || node.type.endsWith('Pattern'));
    if (!isOptional && node['definite'] !== true) return;
    const mark = isOptional ? '?' : '!';
    const annotation = name['typeAnnotation'] as LooseNode | undefined;
    const at = annotation === undefined ? this.#source.indexOf(mark, name.start) : this.#source.lastIndexOf(mark, annotation.start);
    if (at >= 0) this.#blank(at, at + 1);
  }

  #refuse(node: LooseNode): void {
    const advice =
      node.type === 'TSTypeAssertion'
        ? 'Write "value as Type" instead of "<Type>value".'
        : 'Only types can be used here: enums, namespaces and parameter properties need a compiler. Write it in plain JavaScript.';
    this.#problem = functionError(this.#source, node.start, 'function-typescript', advice);
  }

  #blank(start: number, end: number): void {
    for (let i = start; i < end; i++) if (!isLineBreak(this.#text[i] as string)) this.#text[i] = ' ';
  }
}

function isInStatementList(node: LooseNode, parent: LooseNode | null): boolean {
  if (parent === null) return false;
  return [parent['body'], parent['consequent']].some((list) => Array.isArray(list) && list.includes(node));
}

/** Members of a class that declare a type and make nothing: `declare x: T`, `[key: string]: T`, the first lines of overloads. */
function isTypeOnlyMember(node: LooseNode): boolean {
  if (node.type === 'PropertyDefinition') return node['declare'] === true;
  if (node.type === 'MethodDefinition') return (node['value'] as LooseNode).type === 'TSDeclareMethod';
  return node.type === 'TSIndexSignature';
}

function isLineBreak(character: string): boolean {
  return character === '\n' || character === '\r' || character === '\u2028' || character === '\u2029';
}

function looseChildren(node: LooseNode): LooseNode[] {
  const children: LooseNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isLooseNode));
    else if (isLooseNode(value)) children.push(value);
  }
  return children;
}

function isLooseNode(value: unknown): value is LooseNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
