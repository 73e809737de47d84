import type { AnyNode, Expression, Identifier, Pattern } from 'acorn';
import { boundIdentifiers, childrenOf, isFunctionNode } from './syntax-tree.ts';
import type { FunctionNode } from './syntax-tree.ts';

/** One name of one scope. */
export interface Binding {
  readonly name: string;
  /** Where it is declared; null for names that are not written as a variable (`arguments`, functions, classes). */
  readonly declaration: Identifier | null;
  /** Declared by the function's own parameter list. */
  readonly isParameter: boolean;
  /** What a `const` or `let` without pattern was declared as; null for every other binding. */
  readonly init: Expression | null;
  /** Something assigns to it after its declaration. */
  isWritten: boolean;
}

/** A use of a name. */
export interface Reference {
  readonly node: Identifier;
  /** From the function down to the parent of `node`. */
  readonly ancestors: readonly AnyNode[];
  /** Null: the name is declared nowhere in the function. */
  readonly binding: Binding | null;
}

/** Resolves every name used in a function (or class, or object), by the scope rules of ECMAScript. */
export function referencesOf(root: AnyNode): readonly Reference[] {
  const collector = new ReferenceCollector(root);
  collector.visit(root, null);
  return collector.references;
}

class Scope {
  readonly names = new Map<string, Binding>();
  readonly parent: Scope | null;

  constructor(parent: Scope | null) {
    this.parent = parent;
  }

  declare(name: string): void {
    this.#add({ name, declaration: null, isParameter: false, init: null, isWritten: false });
  }

  declareVariable(declaration: Identifier, isParameter: boolean, init: Expression | null = null): void {
    this.#add({ name: declaration.name, declaration, isParameter, init, isWritten: false });
  }

  #add(binding: Binding): void {
    const known = this.names.get(binding.name);
    if (known === undefined) this.names.set(binding.name, binding);
    // Declared twice (`var` beside a parameter): what it stands for is uncertain.
    else known.isWritten = true;
  }

  find(name: string): Binding | null {
    return this.names.get(name) ?? this.parent?.find(name) ?? null;
  }
}

const SCOPED = new Set([
  'BlockStatement',
  'SwitchStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'StaticBlock',
]);

class ReferenceCollector {
  readonly references: Reference[] = [];
  readonly #root: AnyNode;
  readonly #ancestors: AnyNode[] = [];

  constructor(root: AnyNode) {
    this.#root = root;
  }

  visit(node: AnyNode, scope: Scope | null): void {
    const inner = this.#scopeOf(node, scope);
    if (node.type === 'Identifier') return this.#refer(node, inner);
    this.#ancestors.push(node);
    for (const child of this.#visited(node)) this.visit(child, inner);
    this.#ancestors.pop();
  }

  #refer(node: Identifier, scope: Scope | null): void {
    const binding = scope?.find(node.name) ?? null;
    if (binding !== null && isWriteTarget(node, this.#ancestors)) binding.isWritten = true;
    this.references.push({ node, ancestors: [...this.#ancestors], binding });
  }

  /** The children that can hold references: names that only declare, label or select are left out. */
  #visited(node: AnyNode): readonly AnyNode[] {
    switch (node.type) {
      case 'MemberExpression':
        return node.computed ? [node.object, node.property] : [node.object];
      case 'Property':
        return node.computed ? [node.key, node.value] : [node.value];
      case 'MethodDefinition':
      case 'PropertyDefinition':
        return [...(node.computed ? [node.key] : []), ...(node.value ? [node.value] : [])];
      case 'LabeledStatement':
        return [node.body];
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return [];
      case 'VariableDeclarator':
        return [...expressionsInPattern(node.id), ...(node.init ? [node.init] : [])];
      case 'CatchClause':
        return [...(node.param ? expressionsInPattern(node.param) : []), node.body];
      case 'ClassDeclaration':
      case 'ClassExpression':
        return [...(node.superClass ? [node.superClass] : []), node.body];
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return [...node.params.flatMap(expressionsInPattern), node.body];
      default:
        return childrenOf(node);
    }
  }

  #scopeOf(node: AnyNode, outer: Scope | null): Scope | null {
    if (isFunctionNode(node)) return this.#functionScope(node as FunctionNode, outer);
    if (node.type === 'ClassExpression' && node.id) {
      const scope = new Scope(outer);
      scope.declare(node.id.name);
      return scope;
    }
    if (!SCOPED.has(node.type)) return outer;
    const scope = new Scope(outer);
    if (node.type === 'CatchClause') for (const id of node.param ? boundIdentifiers(node.param) : []) scope.declareVariable(id, false);
    for (const statement of node.type === 'SwitchStatement' ? node.cases.flatMap((one) => one.consequent) : childrenOf(node)) {
      declareLexical(statement, scope);
    }
    return scope;
  }

  #functionScope(node: FunctionNode, outer: Scope | null): Scope {
    const named = new Scope(outer);
    if (node.type === 'FunctionExpression' && node.id) named.declare(node.id.name);
    const scope = new Scope(named);
    for (const param of node.params) for (const id of boundIdentifiers(param)) scope.declareVariable(id, node === this.#root);
    if (node.type !== 'ArrowFunctionExpression') scope.declare('arguments');
    if (node.body.type === 'BlockStatement') declareVars(node.body, scope);
    return scope;
  }
}

function declareLexical(statement: AnyNode, scope: Scope): void {
  if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
    if (statement.id) scope.declare(statement.id.name);
  } else if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
    for (const { id, init } of statement.declarations) {
      for (const one of boundIdentifiers(id)) scope.declareVariable(one, false, id.type === 'Identifier' ? (init ?? null) : null);
    }
  }
}

function declareVars(node: AnyNode, scope: Scope): void {
  if (isFunctionNode(node)) return;
  if (node.type === 'VariableDeclaration' && node.kind === 'var') {
    for (const { id } of node.declarations) for (const one of boundIdentifiers(id)) scope.declareVariable(one, false);
  }
  for (const child of childrenOf(node)) declareVars(child, scope);
}

/** Defaults and computed keys of a pattern; everything else in it declares. */
function expressionsInPattern(pattern: Pattern): AnyNode[] {
  switch (pattern.type) {
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement'
          ? expressionsInPattern(property)
          : [...(property.computed ? [property.key] : []), ...expressionsInPattern(property.value)],
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : expressionsInPattern(element)));
    case 'RestElement':
      return expressionsInPattern(pattern.argument);
    case 'AssignmentPattern':
      return [...expressionsInPattern(pattern.left), pattern.right];
    default:
      return [];
  }
}

/** Whether `node`, found below `ancestors`, is assigned to, updated, deleted, or filled by a pattern or a loop. */
export function isWriteTarget(node: AnyNode, ancestors: readonly AnyNode[]): boolean {
  const parent = ancestors.at(-1);
  switch (parent?.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === node;
    case 'UpdateExpression':
      return true;
    case 'UnaryExpression':
      return parent.operator === 'delete';
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    case 'Property':
      return parent.value === node && ancestors.at(-2)?.type === 'ObjectPattern';
    default:
      return false;
  }
}
