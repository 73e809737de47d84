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
  const file = JSON.parse(text) as VectorFile;
  if (file.format !== FORMAT) throw new Error(`${fileName} has the format "${file.format}", not "${FORMAT}".`);
  return file;
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

/** Replays every vector of a file. A vector without an adapter is skipped, never passed. */
export async function replay(file: VectorFile, adapters: Adapters): Promise<readonly VectorResult[]> {
  const results: VectorResult[] = [];
  for (const vector of file.vectors) results.push(await replayOne(vector, file, adapters));
  return results;
}

async function replayOne(vector: Vector, file: VectorFile, adapters: Adapters): Promise<VectorResult> {
  const { topic } = file;
  const { name } = vector;
  const adapter = hasAdapter(vector, adapters) ? adapters[subjectOf(vector)] : undefined;
  if (adapter === undefined) return { topic, name, outcome: 'skipped', reason: `no adapter replays ${subjectOf(vector)}` };
  try {
    await adapter(vector, file);
    return { topic, name, outcome: 'passed', reason: '' };
  } catch (error) {
    return { topic, name, outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A line per failure, a line per topic, and the counts. */
export function reportOf(results: readonly VectorResult[]): readonly string[] {
  const topics = [...new Set(results.map(({ topic }) => topic))];
  return [
    ...results
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ topic, name, reason }) => `FAILED ${topic}: ${name}: ${oneLine(reason)}`),
    ...topics.map((topic) => `${topic}: ${countsOf(results.filter((result) => result.topic === topic))}`),
    countsOf(results),
  ];
}

function countsOf(results: readonly VectorResult[]): string {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' | ');
}
