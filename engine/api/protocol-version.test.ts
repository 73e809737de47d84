import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from './protocol-version.ts';

/** The files whose types cross the boundary. */
const MESSAGES = ['./engine-api.ts', './errors.ts', '../graph/document.ts'];

/**
 * When this fails, the meaning of something that crosses the boundary may have changed: raise `PROTOCOL_VERSION` if an older page could not
 * work with it, and write the new version and hash here. (A stored document has its own version and migrations.)
 */
const RECORDED = { version: 1, hash: '890b85512db7aae7' };

/** Without comments and layout: only the types count. */
function typesOf(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .replaceAll(/\s+/g, ' ');
}

describe('protocol version', () => {
  it('belongs to the messages as they are', () => {
    const hash = createHash('sha256').update(MESSAGES.map(typesOf).join('\n')).digest('hex').slice(0, 16);
    expect({ version: PROTOCOL_VERSION, hash }).toEqual(RECORDED);
  });
});
