import { only } from './known-fields.ts';
import type { Json } from './vector.ts';

/**
 * Writes a `program` of the corpus as the user code of a process function: what the vectors describe runs through the parser, the contexts and the state
 * objects that a user's own text does.
 */
export function codeOfProgram(program: Json, methods: Readonly<Record<string, string>>): string {
  only(program, Object.keys(methods), 'the program');
  const lists = new Set(actionsIn(program).flatMap((action) => (typeof action['append'] === 'string' ? [action['append']] : [])));
  const values = [...statesIn(program)].filter((name) => !lists.has(name));
  const states = [
    ...values.map((name) => `${quoted(name)}: ctx.getState(${quoted(name)})`),
    ...[...lists].map((name) => `${quoted(name)}: ctx.getListState(${quoted(name)})`),
  ];
  const writer = new ProgramWriter(lists);
  const bodies = Object.entries(methods).map(([part, method]) => {
    const first = part === 'onTimer' ? 'timer' : 'value';
    const key = part === 'onBroadcast' ? 'null' : 'ctx.getCurrentKey()';
    const actions = writer.actions((program[part] ?? []) as readonly Json[], key);
    return `${method}(${first}, ctx, out) { const text = this.text; const states = this.states; ${actions} }`;
  });
  return `({
  open(ctx) { this.states = { ${states.join(', ')} }; },
  text(value) { return value === Infinity ? '9223372036854775807' : value === -Infinity ? '-9223372036854775808' : String(value); },
  ${bodies.join(',\n  ')},
})`;
}

/** What an action is known by, and what else it says. */
const ACTIONS: readonly (readonly [string, ...string[]])[] = [
  ['emit', 'to'],
  ['emitAll'],
  ['register', 'at'],
  ['delete', 'at'],
  ['set', 'to'],
  ['clear'],
  ['append', 'value'],
  ['broadcastPut'],
  ['when', 'then', 'else'],
  ['forEachKeyedState', 'do'],
];

class ProgramWriter {
  readonly #lists: ReadonlySet<string>;

  constructor(lists: ReadonlySet<string>) {
    this.#lists = lists;
  }

  actions(actions: readonly Json[], key: string): string {
    return actions.map((action) => this.#action(action, key)).join(' ');
  }

  #action(action: Json, key: string): string {
    const fields = ACTIONS.find(([name]) => name in action);
    if (fields !== undefined) only(action, fields, `the action ${fields[0]}`);
    const value = (given: unknown): string => this.#value(given, key);
    if ('emit' in action) {
      const record = `{ value: ${value(action['emit'])} }`;
      return typeof action['to'] === 'string'
        ? `ctx.output(${quoted(action['to'])}, ${value(action['emit'])});`
        : `out.collect(${record});`;
    }
    if (action['emitAll'] === 'broadcastEntriesSorted') {
      const entries = `ctx.getBroadcastState('broadcast').entries().toSorted((a, b) => (a[1] < b[1] ? -1 : 1))`;
      return `for (const entry of ${entries}) out.collect({ value: { key: entry[0], value: entry[1] } });`;
    }
    if ('register' in action) return `ctx.timerService().register${timersOf(action['register'])}(${this.#time(action['at'], key)});`;
    if ('delete' in action) return `ctx.timerService().delete${timersOf(action['delete'])}(${this.#time(action['at'], key)});`;
    if ('set' in action) return `${stateOf(action['set'])}.update(${value(action['to'])});`;
    if ('clear' in action) return `${stateOf(action['clear'])}.clear();`;
    if ('append' in action) return `${stateOf(action['append'])}.add(${value(action['value'])});`;
    if ('broadcastPut' in action) {
      const put = action['broadcastPut'] as Json;
      return `ctx.getBroadcastState('broadcast').put(${value(put['key'])}, ${value(put['value'])});`;
    }
    if ('when' in action) {
      const otherwise = 'else' in action ? ` else { ${this.actions(action['else'] as readonly Json[], key)} }` : '';
      return `if (${this.#condition(action['when'] as Json, key)}) { ${this.actions(action['then'] as readonly Json[], key)} }${otherwise}`;
    }
    if ('forEachKeyedState' in action) {
      const body = this.actions(action['do'] as readonly Json[], 'ofKey');
      return `ctx.applyToKeyedState(${quoted(action['forEachKeyedState'])}, (ofKey) => { ${body} });`;
    }
    throw new Error(`the adapter does not know the action ${JSON.stringify(action)}`);
  }

  #condition(condition: Json, key: string): string {
    if ('stateEmpty' in condition) {
      const name = String(condition['stateEmpty']);
      return this.#lists.has(name) ? `${stateOf(name)}.get().length === 0` : `${stateOf(name)}.value() === null`;
    }
    if ('timerDomain' in condition)
      return `ctx.timeDomain() === '${condition['timerDomain'] === 'event' ? 'EVENT_TIME' : 'PROCESSING_TIME'}'`;
    if ('lt' in condition) {
      const [left, right] = condition['lt'] as readonly unknown[];
      return `${this.#value(left, key)} < ${this.#value(right, key)}`;
    }
    throw new Error(`the adapter does not know the condition ${JSON.stringify(condition)}`);
  }

  #time(given: unknown, key: string): string {
    if (given === 'MAX') return 'Infinity';
    return given === 'MIN' ? '-Infinity' : this.#value(given, key);
  }

  /** Of a literal, an expression or a template. */
  #value(given: unknown, key: string): string {
    if (Array.isArray(given)) return `[${given.map((item) => this.#value(item, key)).join(', ')}]`;
    if (typeof given === 'object' && given !== null) {
      const fields = Object.entries(given).map(([name, value]) => `${quoted(name)}: ${this.#value(value, key)}`);
      return `{ ${fields.join(', ')} }`;
    }
    if (typeof given !== 'string') return JSON.stringify(given);
    if (given.startsWith('=')) return `(${this.#expression(given.slice(1), key)})`;
    const parts = given.split(/\{([^{}]+)\}/);
    return parts.map((part, i) => (i % 2 === 0 ? quoted(part) : `text(${this.#expression(part, key)})`)).join(' + ');
  }

  #expression(text: string, key: string): string {
    return text.replaceAll(VARIABLE, (variable) => this.#variable(variable, key));
  }

  #variable(variable: string, key: string): string {
    const [head, name = ''] = variable.split('.');
    switch (head) {
      case 'value':
        return variable.replaceAll(/\.(\w+)/g, (_, field: string) => `[${quoted(field)}]`);
      case 'state':
        if (variable.endsWith('.length')) return `${stateOf(name)}.get().length`;
        return this.#lists.has(name) ? `${stateOf(name)}.get()` : `${stateOf(name)}.value()`;
      case 'key':
        return key;
      case 'ts':
        return 'ctx.timestamp()';
      case 'watermark':
        return 'ctx.timerService().currentWatermark()';
      case 'processingTime':
        return 'ctx.timerService().currentProcessingTime()';
      default:
        return variable;
    }
  }
}

const VARIABLE = /\b(?:value(?:\.\w+)+|state\.\w+(?:\.length)?|processingTime|watermark|timer|key|ts)\b/g;

function timersOf(domain: unknown): string {
  if (domain === 'event') return 'EventTimeTimer';
  if (domain === 'processing') return 'ProcessingTimeTimer';
  throw new Error(`the adapter does not know timers of ${JSON.stringify(domain)} time`);
}

function stateOf(name: unknown): string {
  return `states[${quoted(name)}]`;
}

function quoted(text: unknown): string {
  return JSON.stringify(String(text));
}

/** Every action of a program, also those inside of others. */
export function actionsIn(program: Json): readonly Json[] {
  const inside = (actions: unknown): Json[] =>
    Array.isArray(actions)
      ? (actions as readonly Json[]).flatMap((action) => [
          action,
          ...inside(action['then']),
          ...inside(action['else']),
          ...inside(action['do']),
        ])
      : [];
  return Object.values(program).flatMap(inside);
}

/** States that are set, cleared, asked for or read anywhere. */
function statesIn(program: Json): ReadonlySet<string> {
  const text = JSON.stringify(program);
  const read = [...text.matchAll(/\bstate\.(\w+)/g)].map((match) => match[1] as string);
  const named = actionsIn(program).flatMap((action) => [
    action['set'],
    action['clear'],
    action['forEachKeyedState'],
    (action['when'] as Json | undefined)?.['stateEmpty'],
  ]);
  return new Set([...read, ...named.filter((name) => typeof name === 'string')]);
}
