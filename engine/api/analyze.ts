import type { Analysis } from '../graph/analysis.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { connectionProblem } from '../graph/connection.ts';
import type { Connection } from '../graph/connection.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { definitionOf } from '../operators/registry.ts';

export { definitionOf, definitions } from '../operators/registry.ts';

/** The graph's functions with the operators of this build: pure, called by the page itself, so canvas and engine judge alike. */

export function analyze(document: PipelineDocument): Analysis {
  return analyzeDocument(document, definitionOf);
}

/** Why a new edge is refused; null when it is fine. */
export function connectionProblemOf(document: PipelineDocument, connection: Connection): string | null {
  return connectionProblem(document, definitionOf, connection);
}
