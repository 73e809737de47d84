import type { AnyNode, Expression, MemberExpression, ObjectPattern, Pattern } from 'acorn';
import { isEcmaScriptGlobal } from './ecmascript-globals.ts';
import type { ParsedFunction } from './parse-function.ts';
import { isWriteTarget, referencesOf } from './references.ts';
import type { Reference } from './references.ts';
import { positionAt } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';
import { childrenOf, isFunctionNode, staticName } from './syntax-tree.ts';

/** A name and where it stands in the source. */
export interface NameUse {
  readonly name: string;
  readonly offset: number;
}

/** What can be known of a user function from its text alone. */
export interface FunctionAnalysis {
  readonly fn: ParsedFunction;
  /** Why the whole record has to be built for it ("the record is passed on"); null when the fields it uses are known. */
  readonly opaque: string | null;
  /** Every named field, also of opaque functions; names the function itself gives to the record are left out. */
  readonly fieldUses: readonly NameUse[];
  /** Expressions whose value is a field: `r.x`, and names bound to a field by a pattern. */
  readonly fieldReads: ReadonlyMap<AnyNode, string>;
  /** Fields that are also used in ways `fieldReads` does not show: through a default, a nested pattern, or a name assigned to again. */
  readonly untracedFields: ReadonlySet<string>;
  /** `...r` and `r` where they are (part of) the result. */
  readonly wholeRecord: ReadonlySet<AnyNode>;
  /** Names bound once to an expression (`const f = …`), by their uses. */
  readonly locals: ReadonlyMap<AnyNode, Expression>;
  /** What it returns, in source order; null for a bare `return`. */
  readonly results: readonly (Expression | null)[];
  /** The one expression that it consists of, or null when it has statements. */
  readonly expression: Expression | null;
  /** Names that mean the global of that name wherever they stand. */
  readonly freeNames: ReadonlySet<string>;
  /** Uses of names that do not exist in functions. */
  readonly foreignNames: readonly NameUse[];
  /** Uses of clocks and randomness. */
  readonly warnings: readonly FunctionProblem[];
}

/** Whether the name is one every object has: `r.toString` is no field. */
function isObjectMember(name: string): boolean {
  return name in Object.prototype;
}

/** @param results What it hands out, for functions that do so in other ways than by returning it. */
export function analyzeFunction(fn: ParsedFunction, results: readonly (Expression | null)[] = resultsOf(fn)): FunctionAnalysis {
  const references = referencesOf(fn.ast);
  const usage = new RecordUsage(results);
  usage.addParameter(fn.params[0]);
  const record = fn.params[0]?.type === 'Identifier' ? fn.params[0].name : null;
  const locals = new Map<AnyNode, Expression>();
  for (const reference of references) {
    const { binding, node } = reference;
    if (binding === null) continue;
    if (binding.isParameter && binding.name === record) usage.addUse(reference);
    else if (binding.init !== null && !binding.isWritten) locals.set(node, binding.init);
  }
  // Only now is it known which names a pattern in the body binds to fields.
  for (const reference of references) usage.addLocal(reference);
  return {
    fn,
    opaque: usage.opaque,
    fieldUses: usage.fieldUses.filter(({ name }) => !usage.writtenFields.has(name)),
    fieldReads: usage.fieldReads,
    untracedFields: usage.untracedFields,
    wholeRecord: usage.wholeRecord,
    locals,
    results,
    expression: onlyExpression(fn),
    freeNames: freeNamesOf(references),
    foreignNames: references.flatMap(foreignName),
    warnings: references.flatMap((reference) => nondeterminism(fn.source, reference)),
  };
}

/** How the record is used, gathered reference by reference. */
class RecordUsage {
  opaque: string | null = null;
  readonly fieldUses: NameUse[] = [];
  readonly fieldReads = new Map<AnyNode, string>();
  readonly wholeRecord = new Set<AnyNode>();
  readonly untracedFields = new Set<string>();
  readonly writtenFields = new Set<string>();
  /** Fields by the identifier that declares a name for them. */
  readonly #patternFields = new Map<AnyNode, string>();
  readonly #results: ReadonlySet<AnyNode>;

  constructor(results: readonly (Expression | null)[]) {
    this.#results = new Set(results.flatMap((result) => (result === null ? [] : alternativesOf(result))));
  }

  addParameter(pattern: Pattern | undefined): void {
    if (pattern === undefined || pattern.type === 'Identifier') return;
    if (pattern.type === 'ObjectPattern') this.#addPattern(pattern);
    else this.#setOpaque('the parameter has a default or is a rest parameter');
  }

  addUse({ node, ancestors }: Reference): void {
    const parent = ancestors.at(-1);
    if (parent?.type === 'MemberExpression' && parent.object === node) this.#addMember(parent, ancestors);
    else if (parent?.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'ObjectPattern')
      this.#addPattern(parent.id);
    else if (parent?.type === 'SpreadElement' && this.#results.has(ancestors.at(-2) as AnyNode)) this.wholeRecord.add(parent);
    else if (this.#results.has(node)) this.wholeRecord.add(node);
    else if (isWriteTarget(node, ancestors)) this.#setOpaque('the record is assigned to');
    else this.#setOpaque('the record is passed on');
  }

  /** A name bound by a pattern is its field, as long as nothing else is assigned to it. */
  addLocal({ node, binding }: Reference): void {
    const field = binding?.declaration == null ? undefined : this.#patternFields.get(binding.declaration);
    if (field === undefined) return;
    if (binding?.isWritten === true) this.untracedFields.add(field);
    else this.fieldReads.set(node, field);
  }

  #addMember(member: MemberExpression, ancestors: readonly AnyNode[]): void {
    const name = staticName(member.property, member.computed);
    if (name === null) return this.#setOpaque('a field is looked up by a computed name');
    const outer = ancestors.slice(0, -1);
    const parent = outer.at(-1);
    if (isWriteTarget(member, outer)) {
      this.writtenFields.add(name);
      return this.#setOpaque('the record is assigned to');
    }
    if (isObjectMember(name)) return this.#setOpaque(`"${name}" is a member of every object`);
    this.fieldUses.push({ name, offset: member.property.start });
    if (parent?.type === 'CallExpression' && parent.callee === member)
      return this.#setOpaque('a field is called as a method of the record');
    if (parent?.type === 'TaggedTemplateExpression') return this.#setOpaque('a field is called as a method of the record');
    this.fieldReads.set(member, name);
  }

  #addPattern(pattern: ObjectPattern): void {
    for (const property of pattern.properties) {
      if (property.type === 'RestElement') {
        this.#setOpaque('the rest of the record is collected');
        continue;
      }
      const name = staticName(property.key, property.computed);
      if (name === null) this.#setOpaque('a field is looked up by a computed name');
      else if (isObjectMember(name)) this.#setOpaque(`"${name}" is a member of every object`);
      else {
        this.fieldUses.push({ name, offset: property.key.start });
        if (property.value.type === 'Identifier') this.#patternFields.set(property.value, name);
        else this.untracedFields.add(name);
      }
    }
  }

  #setOpaque(reason: string): void {
    this.opaque ??= reason;
  }
}

/** The branches of `a ? b : c`, which are results each. */
export function alternativesOf(result: Expression): Expression[] {
  if (result.type !== 'ConditionalExpression') return [result];
  return [...alternativesOf(result.consequent), ...alternativesOf(result.alternate)];
}

export function resultsOf({ ast }: Pick<ParsedFunction, 'ast'>): readonly (Expression | null)[] {
  return ast.body.type === 'BlockStatement' ? returnsIn(ast.body) : [ast.body];
}

function returnsIn(node: AnyNode): (Expression | null)[] {
  if (isFunctionNode(node)) return [];
  if (node.type === 'ReturnStatement') return [node.argument ?? null];
  return childrenOf(node).flatMap(returnsIn);
}

function onlyExpression({ ast }: ParsedFunction): Expression | null {
  if (ast.body.type !== 'BlockStatement') return ast.body;
  const [first, second] = ast.body.body;
  return second === undefined && first?.type === 'ReturnStatement' ? (first.argument ?? null) : null;
}

function freeNamesOf(references: readonly Reference[]): ReadonlySet<string> {
  const free = new Set(references.flatMap(({ node, binding }) => (binding === null ? [node.name] : [])));
  for (const { node, binding } of references) if (binding !== null) free.delete(node.name);
  return free;
}

/** The name when it is neither declared nor a global of ECMAScript. */
export function foreignName({ node, binding }: Reference): NameUse[] {
  return binding !== null || isEcmaScriptGlobal(node.name) ? [] : [{ name: node.name, offset: node.start }];
}

/** A warning when the name is a clock or a source of randomness. */
export function nondeterminism(source: string, { node, binding, ancestors }: Reference): FunctionProblem[] {
  if (binding !== null) return [];
  const parent = ancestors.at(-1);
  const member = parent?.type === 'MemberExpression' && parent.object === node ? staticName(parent.property, parent.computed) : null;
  const readsClock =
    node.name === 'Date' &&
    (member === 'now' ||
      (parent?.type === 'NewExpression' && parent.callee === node && parent.arguments.length === 0) ||
      (parent?.type === 'CallExpression' && parent.callee === node));
  const isRandom = node.name === 'Math' && member === 'random';
  if (!readsClock && !isRandom) return [];
  const what = readsClock ? 'reads the clock' : 'is random';
  const message = `This ${what}, so two runs give different results and stepping back does not repeat a run. Use fields of the record instead.`;
  return [{ severity: 'warning', code: 'not-deterministic', message, ...positionAt(source, node.start) }];
}
