// npm run explore [-- ROUNDS [SEED]]: the property tests with fresh seeds. Stops at the first failure and says how to repeat it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { at, ROOT, say } from './lib/project.mjs';

const [rounds = 10, first = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
if (!Number.isInteger(rounds) || !Number.isInteger(first)) {
  say('Usage: npm run explore -- [ROUNDS [SEED]], both whole numbers.');
  process.exit(2);
}

const files = ['engine', 'app', 'examples', 'bench']
  .flatMap((folder) => readdirSync(at(folder), { recursive: true }).map((name) => path.join(folder, name)))
  .filter((name) => name.endsWith('.test.ts') && readFileSync(at(name), 'utf8').includes('fc.assert'));

for (let round = 0; round < rounds; round++) {
  const seed = first + round;
  say(`[${round + 1}/${rounds}] seed ${seed}, ${files.length} files…`);
  const { status } = spawnSync(
    process.execPath,
    [at('node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=dot', '--silent=true', ...files],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, PROPERTY_SEED: String(seed) },
    },
  );
  if (status === 0) continue;
  say(`Seed ${seed} fails. Again: npm run explore -- 1 ${seed}`);
  process.exit(1);
}
say(`${rounds} rounds, nothing found.`);
