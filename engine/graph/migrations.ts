import { DOCUMENT_FORMAT, DOCUMENT_VERSION, documentSchema } from './document.ts';
import type { PipelineDocument } from './document.ts';

/** A text that is not a document we can open. The message says what is wrong and where. */
export class DocumentError extends Error {
  readonly code: 'not-json' | 'not-a-document' | 'too-new' | 'invalid';

  constructor(code: DocumentError['code'], message: string) {
    super(message);
    this.name = 'DocumentError';
    this.code = code;
  }
}

type Migration = (document: Record<string, unknown>) => Record<string, unknown>;

/** `MIGRATIONS[n]` turns a document of version n into one of version n + 1. Never edited once released. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

/**
 * Reads, migrates and validates the text of a document.
 * @throws DocumentError when the text is not JSON, not a Millrace document, from a newer version, or invalid.
 */
export function parseDocument(text: string): PipelineDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DocumentError('not-json', `This is not a Millrace document: the text is not JSON (${(error as Error).message}).`);
  }
  return validateDocument(value);
}

/** @throws DocumentError as `parseDocument`. */
export function validateDocument(value: unknown): PipelineDocument {
  if (typeof value !== 'object' || value === null || (value as { format?: unknown }).format !== DOCUMENT_FORMAT) {
    throw new DocumentError('not-a-document', `This is not a Millrace document: it has no "format": "${DOCUMENT_FORMAT}".`);
  }
  let document = value as Record<string, unknown>;
  const version = document['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new DocumentError('invalid', 'This document has no valid "version".');
  }
  if (version > DOCUMENT_VERSION) {
    throw new DocumentError(
      'too-new',
      `This document was made by a newer Millrace (format version ${version}; this one reads up to ${DOCUMENT_VERSION}). Update, or export it again from there.`,
    );
  }
  for (let from = version; from < DOCUMENT_VERSION; from++) document = MIGRATIONS[from]?.(document) ?? document;
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DocumentError(
      'invalid',
      `This document is damaged at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'invalid value'}.`,
    );
  }
  const duplicate = firstDuplicate(parsed.data.nodes) ?? firstDuplicate(parsed.data.edges) ?? firstDuplicate(parsed.data.data);
  if (duplicate !== undefined) throw new DocumentError('invalid', `This document is damaged: the id "${duplicate}" is used twice.`);
  return parsed.data;
}

function firstDuplicate(items: readonly { readonly id: string }[]): string | undefined {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.id)) return item.id;
    seen.add(item.id);
  }
  return undefined;
}
