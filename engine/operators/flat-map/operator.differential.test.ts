import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../batch/schema.ts';
import { keyedShape, keyedSteps, observeKeyed } from '../../testing/conformance/keyed-streams.ts';
import { must } from '../../util/assert.ts';
import { flatMap } from './definition.ts';

const ID: Field = { name: 'id', type: 'string' };
const ANY: Field = { name: 'x', type: 'any' };

/** Functions, each with the output fields that cannot be read from it. */
const FUNCTIONS: readonly (readonly [mapper: string, ...schema: readonly Field[]])[] = [
  ['(r, out) => { if (r.v > 0.1) out.collect({ id: r.id, twice: r.v * 2, note: r.note, flag: r.flag, tags: r.tags }); }'],
  ['(r, out) => { out({ name: r.name, note: r.note ?? "none" }); if (r.ok) out({ name: "again", note: r.name }); }'],
  ['(r) => [r]'],
  ['(r) => (r.ok ? [{ ...r, v: r.v + 1 }, r] : [])'],
  ['(r) => (r.tags ?? []).map((tag) => ({ id: r.id, n: r.n }))'],
  [
    '(r, out) => { for (let i = 0; i < 3; i++) out({ id: r.id, i: i * r.n }); return [{ id: r.name, i: -1 }]; }',
    ID,
    { name: 'i', type: 'double' },
  ],
  ['(r, out) => { const emit = out; emit({ id: r.name, x: r.count }); out({ id: r.id, x: r.v }); }', ID, ANY],
  ['(r, { collect }) => { collect({ id: r.id, x: r.tags }); return []; }', ID, ANY],
  ['(r, out) => { out({ id: r.id, x: 1 }); if (r.n === -7) throw new Error(r.name); out({ id: r.name, x: r.flag }); }', ID, ANY],
  ['(r, out) => { try { out({ id: r.note }); } catch { out({ id: "refused" }); } }', ID],
  [
    '(r, out) => { out({ id: r.id, s: r.note }); out({ id: r.id, s: r.n === 0 ? 5 : "s" }); }',
    ID,
    { name: 's', type: 'string', nullable: true },
  ],
  ['function f(r, out) { (f.seen ??= []).push(() => out({ id: r.id, x: r.v })); f.seen[0](); }', ID, ANY],
  ['(r) => new Set([r.id, r.name].map((id) => ({ id, x: r.at })))', ID, ANY],
  ['(r) => (r.ok ? r.id : null)', ID],
  ['(r, out) => { r.v = 1; out(r); }', ID, { name: 'v', type: 'double' }],
  ['(r, out) => { for (let i = 0; i < (r.ok ? 700 : 1); i++) out({ id: r.id, v: r.v, count: r.count }); }'],
];

describe('a flat map by rows and by columns', () => {
  test('makes the same records, whatever the batches', async () => {
    const settings = fc.record({ made: fc.constantFrom(...FUNCTIONS), onError: fc.constantFrom('skip', 'fail') });
    await fc.assert(
      fc.asyncProperty(settings, keyedSteps, async ({ made: [mapper, ...schema], onError }, steps) => {
        const config = { mapper, schema, onError };
        const options = { definition: flatMap, config, inputs: [{ ...keyedShape('text'), key: null }] };
        // Without state there is nothing to restart from.
        const lasting = steps.filter(({ kind }) => kind !== 'restart');
        const reference = await observeKeyed(options, lasting, ['row', 'row']);
        const seen = await observeKeyed(options, lasting, ['batch', 'batch']);
        // What was emitted before a failure depends on the batch; that it failed, and where, does not.
        if (reference.failedAt === null) expect(seen).toEqual(reference);
        else expect(seen.failedAt).toBe(reference.failedAt);
      }),
      { seed: 20_250_314, numRuns: 300, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);

  test('fills more than a batch from one record', async () => {
    const [mapper] = must(FUNCTIONS[15], 'a function of many records');
    const config = { mapper: mapper.replace('700', '9000') };
    const options = { definition: flatMap, config, inputs: [{ ...keyedShape('text'), key: null }] };
    const record = { id: 'a', v: 1, n: 0, ok: true, name: 'x', note: null, count: null, flag: null, at: 0, tags: null };
    const steps = [
      { kind: 'record', record: { ...record, ok: false }, time: 1 },
      { kind: 'watermark', time: 1 },
      { kind: 'record', record, time: 2 },
      { kind: 'watermark', time: 2 },
      { kind: 'record', record: { ...record, count: 3 }, time: 3 },
    ] as const;
    expect(await observeKeyed(options, steps, ['batch', 'batch'])).toEqual(await observeKeyed(options, steps, ['row', 'row']));
  });
});
