import type { Adapter, Adapters, Vector, VectorFile } from './vector.ts';
import { subjectOf } from './vector.ts';

export type Outcome = 'passed' | 'failed' | 'skipped';

export interface VectorResult {
  readonly topic: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it failed, or what it would need. */
  readonly reason: string;
}

const FORMAT = 'stream-conformance/1';

/** The content of one vector file. @throws when it is none. */
export function readVectorFile(text: string, fileName: string): VectorFile {
  const file = JSON.parse(text.replace(/^\uFEFF/, '')) as Partial<VectorFile> | null;
  if (file?.format !== FORMAT) throw new Error(`${fileName} has the format ${JSON.stringify(file?.format)}, not "${FORMAT}".`);
  if (!Array.isArray(file.vectors)) throw new Error(`${fileName} has no list of vectors.`);
  return { ...file, topic: file.topic ?? fileName } as VectorFile;
}

/** Joins the adapters of several modules. @throws when two modules replay the same. */
export function joinAdapters(modules: readonly { readonly adapters: Adapters }[]): Adapters {
  const joined: Record<string, Adapter> = {};
  for (const { adapters } of modules) {
    for (const [subject, adapter] of Object.entries(adapters)) {
      if (Object.hasOwn(joined, subject)) throw new Error(`Two adapters replay "${subject}".`);
      joined[subject] = adapter;
    }
  }
  return joined;
}

export function hasAdapter(vector: Vector, adapters: Adapters): boolean {
  return Object.hasOwn(adapters, subjectOf(vector));
}

/** A file that holds no vectors to replay counts as one failure: nothing in it was proven. */
export function failedFile(fileName: string, error: unknown): VectorResult {
  return { topic: fileName, name: 'the file', outcome: 'failed', reason: textOfError(error) };
}

/** Replays every vector of a file. A vector without an adapter is skipped, never passed. */
export async function replay(file: VectorFile, adapters: Adapters): Promise<readonly VectorResult[]> {
  const results: VectorResult[] = [];
  for (const vector of file.vectors) results.push(await replayOne(vector, file, adapters));
  return results;
}

async function replayOne(vector: Vector, file: VectorFile, adapters: Adapters): Promise<VectorResult> {
  const { topic } = file;
  const name = nameOf(vector);
  if (name === null) return { topic, name: JSON.stringify(vector), outcome: 'failed', reason: 'a vector has a name and a kind' };
  const adapter = hasAdapter(vector, adapters) ? adapters[subjectOf(vector)] : undefined;
  if (adapter === undefined) return { topic, name, outcome: 'skipped', reason: `no adapter replays ${subjectOf(vector)}` };
  try {
    await adapter(vector, file);
    return { topic, name, outcome: 'passed', reason: '' };
  } catch (error) {
    return { topic, name, outcome: 'failed', reason: textOfError(error) + rangeOf(vector) };
  }
}

/** Null: it is no vector. */
function nameOf(vector: unknown): string | null {
  if (typeof vector !== 'object' || vector === null) return null;
  const { name, kind } = vector as Partial<Vector>;
  return typeof name === 'string' && typeof kind === 'string' ? name : null;
}

function rangeOf({ tags }: Vector): string {
  return tags?.includes('int64') === true ? ' (needs 64-bit integers; the engine counts milliseconds exactly up to 2^53)' : '';
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A line per failure, a line per reason to skip, a line per topic, and the counts. */
export function reportOf(results: readonly VectorResult[]): readonly string[] {
  const topics = [...new Set(results.map(({ topic }) => topic))];
  return [
    ...results
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ topic, name, reason }) => `FAILED ${topic}: ${name}: ${oneLine(reason)}`),
    ...skippedLines(results),
    ...topics.map((topic) => `${topic}: ${countsOf(results.filter((result) => result.topic === topic))}`),
    countsOf(results),
  ];
}

function skippedLines(results: readonly VectorResult[]): readonly string[] {
  const reasons = results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason);
  return [...new Set(reasons)].map((reason) => `SKIPPED ${reasons.filter((other) => other === reason).length}: ${reason}`);
}

function countsOf(results: readonly VectorResult[]): string {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' | ');
}
