// What the scripts share. Node built-ins only: `ensure-deps` runs before node_modules exists.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** A path inside the project. */
export function at(...parts) {
  return path.join(ROOT, ...parts);
}

/** Progress and complaints. Standard output belongs to what a command produces. */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/** Ends the script with a message that says what to do. */
export function giveUp(message) {
  say(`\n✗ ${message}`);
  process.exit(1);
}

export function isMain(importMetaUrl) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(importMetaUrl);
}

/** Hash over the content of files and folders (recursively); what does not exist counts as absent. */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts)
    for (const file of filesIn(part))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(at(file)))
        .update('\0');
  return hash.digest('hex').slice(0, 32);
}

function filesIn(part) {
  const stat = statSync(at(part), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [part];
  return readdirSync(at(part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsbuildinfo'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
