// npm run new-operator -- TYPE: writes the folder of a new operator, complete and passing the conformance suite; it passes records on.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { at, giveUp, say } from './lib/project.mjs';

const [type, ...rest] = process.argv.slice(2);
if (type === undefined || rest.length > 0 || !/^[a-z]+(-[a-z]+)*$/.test(type)) {
  giveUp('Usage: npm run new-operator -- TYPE, where TYPE is in kebab-case, for example "npm run new-operator -- sliding-window".');
}
const folder = at('engine', 'operators', type);
if (existsSync(folder)) giveUp(`engine/operators/${type} exists already.`);

const words = type.split('-');
const pascal = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
const camel = pascal[0].toLowerCase() + pascal.slice(1);
const title = words.join(' ')[0].toUpperCase() + words.join(' ').slice(1);

const FILES = {
  'definition.ts': `import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { StreamShape } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

/** A constant of its own, so that the operator can derive its configuration from it. */
const fields = {
  note: {
    kind: 'text',
    label: 'Note',
    help: 'Replace this field by those of the operator; the kinds are in engine/operators/fields.ts.',
    default: '',
  },
} as const satisfies Fields;

export type ${pascal}Config = ConfigOf<typeof fields>;

export const ${camel} = defineOperator({
  type: '${type}',
  title: '${title}',
  category: 'transformation',
  summary: 'Passes every record on.',
  keywords: [],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  shapes: (_, inputs) => ({ ports: { out: { ...(inputs[0] ?? UNCONNECTED), key: null } }, problems: [] }),
  face: (config) => config.note,
  load: () => import('./operator.ts'),
});
`,
  'operator.ts': `import type { Row } from '../../batch/schema.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { ${pascal}Config } from './definition.ts';

export function create(_config: ${pascal}Config, _setup: OperatorSetup): Operator {
  return new ${pascal}Operator();
}

class ${pascal}Operator implements Operator {
  #output!: Output;

  open(context: OperatorContext): void {
    this.#output = context.output;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#output.collect(record, timestamp, origin);
  }
}
`,
  'operator.test.ts': `import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { ${camel} } from './definition.ts';

const INPUT = { schema: { fields: [{ name: 'id', type: 'string' }] }, key: null, eventTime: true } as const;

describe('${type}', () => {
  it('passes records on', async () => {
    const harness = await new OperatorTestHarness({ definition: ${camel}, inputs: [INPUT] }).open();
    harness.processElement({ id: 'a' }, 1000);
    expect(harness.drainValues()).toEqual([{ id: 'a' }]);
  });
});
`,
  'README.md': `# ${title}

Passes every record on.

## Example

| Record | Result |
|---|---|
| \`{ id: "a" }\` | \`{ id: "a" }\` |
`,
  'icon.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><circle cx="12" cy="12" r="8"/></svg>
`,
  'example.json': `{
  "config": {},
  "input": { "schema": { "fields": [{ "name": "id", "type": "string" }] }, "key": null, "eventTime": true },
  "elements": [{ "record": { "id": "a" }, "timestamp": 1000 }, { "watermark": 1000 }],
  "expected": [{ "record": { "id": "a" }, "timestamp": 1000 }, { "watermark": 1000 }]
}
`,
};

mkdirSync(folder);
for (const [name, content] of Object.entries(FILES)) writeFileSync(`${folder}/${name}`, content);
say(`engine/operators/${type} is written. Make it known with two lines in engine/operators/registry.ts:

  import { ${camel} } from './${type}/definition.ts';
  erased(${camel}),                 in DEFINITIONS

Then "npx vitest run engine/operators" checks it. How to go on: engine/operators/README.md.`);
