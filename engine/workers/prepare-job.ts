import { JobFailure } from '../api/errors.ts';
import { definitionOf } from '../api/analyze.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import type { Analysis } from '../graph/analysis.ts';
import { validateDocument } from '../graph/migrations.ts';
import type { DocumentData, PipelineDocument } from '../graph/document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import type { DataStore } from '../scheduler/data-store.ts';
import type { JobInputs } from '../scheduler/job-master.ts';
import type { JobInput } from '../scheduler/messages.ts';

export interface PreparedJob {
  readonly document: PipelineDocument;
  readonly graph: ExecutionGraph;
  readonly inputs: JobInputs;
  readonly data: DataStore;
}

/**
 * Everything between "run this document" and a deployable job: validation, graphs, and where the data comes from.
 * @throws JobFailure (user) naming the first problem, when the document cannot run.
 */
export async function prepareJob(value: unknown, files: DataStore): Promise<PreparedJob> {
  const document = documentOf(value);
  const analysis = analyzeDocument(document, definitionOf);
  refuseProblems(document, analysis);
  const data = new DocumentDataStore(document.data, files);
  const inputs = new Map<string, JobInput>();
  for (const entry of document.data) {
    const sizeBytes = await data.size(entry.id);
    if (sizeBytes !== null) inputs.set(entry.id, { sizeBytes, name: entry.name });
    else if (isUsed(document, entry.id)) throw missingData(document, entry);
  }
  const graph = buildExecutionGraph(document.job, buildJobGraph(document, analysis, definitionOf));
  return { document, graph, inputs, data };
}

function documentOf(value: unknown): PipelineDocument {
  try {
    return validateDocument(value);
  } catch (error) {
    throw new JobFailure({ code: 'document-invalid', domain: 'user', retry: 'after-change', message: (error as Error).message });
  }
}

function refuseProblems(document: PipelineDocument, analysis: Analysis): void {
  const errors = analysis.problems.filter((problem) => problem.severity === 'error');
  const first = errors[0];
  if (first === undefined) return;
  const node = document.nodes.find((candidate) => candidate.id === first.nodeId);
  const name = node === undefined ? '' : `${node.name === '' ? (definitionOf(node.type)?.title ?? node.type) : node.name}: `;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new JobFailure({
    code: first.code,
    domain: 'user',
    retry: 'after-change',
    message: `${name}${first.message}${more}`,
    nodeId: first.nodeId,
    nodeName: node?.name,
    field: first.field,
  });
}

function isUsed(document: PipelineDocument, dataId: string): boolean {
  return document.nodes.some((node) => Object.values(node.config).includes(dataId));
}

function missingData(document: PipelineDocument, entry: DocumentData): JobFailure {
  const node = document.nodes.find((candidate) => Object.values(candidate.config).includes(entry.id));
  const field = node === undefined ? undefined : Object.keys(node.config).find((name) => node.config[name] === entry.id);
  return new JobFailure({
    code: 'data-missing',
    domain: 'user',
    retry: 'after-change',
    message: `The file "${entry.name}" is not in this browser. Drop it on its source again, or choose another file.`,
    nodeId: node?.id,
    nodeName: node?.name,
    field,
  });
}

/** Inline data from the document itself, everything else from the platform's store. */
class DocumentDataStore implements DataStore {
  readonly #inline = new Map<string, Uint8Array>();
  readonly #files: DataStore;

  constructor(entries: readonly DocumentData[], files: DataStore) {
    this.#files = files;
    const encoder = new TextEncoder();
    for (const entry of entries) if (entry.source.kind === 'inline') this.#inline.set(entry.id, encoder.encode(entry.source.text));
  }

  async size(dataId: string): Promise<number | null> {
    return this.#inline.get(dataId)?.length ?? (await this.#files.size(dataId));
  }

  async read(dataId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#inline.get(dataId);
    return bytes === undefined ? await this.#files.read(dataId, offset, length) : bytes.slice(offset, offset + length);
  }
}
