import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The house rules that no type checker knows: who may import whom, and who may name an operator's type. */

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

interface Source {
  /** Relative to the root, with slashes. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
  readonly isTest: boolean;
}

const SPECIFIER = /(['"])(?<path>[^'"]+)\1/.source;
const IMPORTS = [
  new RegExp(`^(?:import|export)\\b[^;=]*?\\bfrom\\s+${SPECIFIER}`, 'gm'),
  new RegExp(`^import\\s+${SPECIFIER}`, 'gm'),
  new RegExp(`\\bimport\\(\\s*${SPECIFIER}`, 'g'),
  new RegExp(`\\bnew URL\\(\\s*${SPECIFIER}`, 'g'),
  new RegExp(`\\bimport\\.meta\\.glob(?:<[^>]*>)?\\(\\s*\\[?\\s*${SPECIFIER}`, 'g'),
];

const FOLDERS = ['engine', 'app', 'bench', 'e2e', 'tools'].filter((folder) => existsSync(path.join(ROOT, folder)));

const SOURCES: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => sourceOf(`${folder}/${name.replaceAll('\\', '/')}`)),
);

const OPERATOR_TYPES: readonly string[] = readdirSync(path.join(ROOT, 'engine/operators'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function sourceOf(file: string): Source {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return { file, text, imports: importsOf(file, withoutComments(text)), isTest: /\.(test|spec|bench)\.tsx?$/.test(file) };
}

function withoutComments(text: string): string {
  // A comment begins behind white space; `/*` inside a path pattern does not.
  return text.replaceAll(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replaceAll(/^\s*\/\/.*$/gm, '');
}

/** Our own files relative to the root, packages by name. */
function importsOf(file: string, text: string): readonly string[] {
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)]).map((match) => {
    const specifier = (match.groups?.['path'] ?? '').replace(/\?.*$/, '');
    if (specifier.startsWith('/')) return specifier.slice(1);
    return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
  });
}

/** `file imports target`, for every import that is not allowed. */
function violations(sources: readonly Source[], isAllowed: (source: Source, target: string) => boolean): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((target) => !isAllowed(source, target)).map((target) => `${source.file} imports ${target}`),
  );
}

/** `operators/{operator,definition,fields}.ts` and what belongs to them. */
const CONTRACT_LAYER = 5;
/** Above everything that must not know any operator, below what binds them together. */
const REGISTRY_LAYER = 9.5;
/** The types of the boundary: spoken by the scheduler that implements it, so they lie below it. */
const MESSAGES = ['engine-api.ts', 'errors.ts', 'protocol-version.ts'];

/** A folder imports only from lower layers, never sideways. */
const LAYERS: Readonly<Record<string, number>> = {
  util: 0,
  batch: 1,
  metrics: 1,
  elements: 2,
  time: 3,
  functions: 3,
  formats: 3,
  state: 4,
  channels: 4,
  windows: 6,
  joins: 6.5,
  keyed: 6.5,
  process: 6.75,
  checkpoint: 6,
  graph: 7,
  runtime: 8,
  scheduler: 9,
  api: 10,
  workers: 11,
};

interface Place {
  /** Folder in `engine`; operators are split up. */
  readonly group: string;
  readonly layer: number;
}

function placeOf(file: string): Place {
  const [, folder = '', second = '', third] = file.split('/');
  if (folder === 'api' && MESSAGES.includes(second)) return { group: 'api messages', layer: 7.5 };
  if (folder !== 'operators') return { group: folder, layer: LAYERS[folder] ?? Number.NaN };
  if (third !== undefined) return { group: `operators/${second}`, layer: 7 };
  if (second.startsWith('registry.')) return { group: 'operators/registry', layer: REGISTRY_LAYER };
  return { group: 'operators', layer: CONTRACT_LAYER };
}

/** Types that lower layers share with the contract; a list to keep short. */
const TOLERATED: readonly string[] = [];

function isAllowedInEngine(source: Source, target: string): boolean {
  if (!target.startsWith('engine/')) return !/^(app|bench|e2e|tools)\//.test(target);
  const from = placeOf(source.file);
  const to = placeOf(target);
  if (from.group === 'testing') return to.group !== 'workers';
  if (to.group === 'testing') return false;
  return from.group === to.group || to.layer < from.layer;
}

/** A command like those in `scripts/`, beside what it bundles. */
const CORPUS_COMMAND = 'engine/testing/corpus/main.ts';

/** Packages the engine is made of, and where. */
const ENGINE_PACKAGES: Readonly<Record<string, RegExp>> = {
  zod: /^engine\/graph\//,
  acorn: /^engine\/functions\//,
  '@sveltejs/acorn-typescript': /^engine\/functions\//,
  comlink: /^engine\/workers\//,
  hyparquet: /^engine\/formats\/parquet\//,
  'hyparquet-compressors': /^engine\/formats\/parquet\//,
  fzstd: /^engine\/formats\/parquet\//,
  'fast-check': /^engine\/testing\//,
};

/** The package of `zod/mini`, `@scope/name/part`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const engine = SOURCES.filter((source) => source.file.startsWith('engine/'));
const app = SOURCES.filter((source) => source.file.startsWith('app/'));

describe('what is checked', () => {
  it('is there', () => {
    expect(engine.length).toBeGreaterThan(20);
    expect(engine.flatMap((source) => source.imports).length).toBeGreaterThan(50);
    expect(engine.filter((source) => Number.isNaN(placeOf(source.file).layer) && placeOf(source.file).group !== 'testing')).toEqual([]);
  });
});

describe('engine', () => {
  it('imports downwards only', () => {
    const found = violations(
      engine.filter((source) => !source.isTest),
      isAllowedInEngine,
    );
    expect(found.filter((violation) => !TOLERATED.includes(violation))).toEqual([]);
    expect(TOLERATED.filter((violation) => !found.includes(violation))).toEqual([]);
  });

  it('has tests that import no host and no studio', () => {
    const tests = engine.filter((source) => source.isTest && !source.file.startsWith('engine/workers/'));
    expect(violations(tests, (_, target) => !/^(app|bench|e2e|engine\/workers)\//.test(target))).toEqual([]);
  });

  it('has operators that do not know one another', () => {
    const operators = engine.filter((source) => placeOf(source.file).group.startsWith('operators/'));
    const isForeign = (source: Source, target: string): boolean =>
      /^engine\/operators\/[^/]+\//.test(target) && placeOf(target).group !== placeOf(source.file).group;
    expect(
      violations(
        operators.filter((source) => placeOf(source.file).group !== 'operators/registry'),
        (source, target) => !isForeign(source, target),
      ),
    ).toEqual([]);
  });

  it('has a runtime and a graph that do not know any operator', () => {
    const shared = engine.filter(
      (source) => !source.isTest && /^engine\/(runtime|scheduler|graph|windows|joins|checkpoint)\//.test(source.file),
    );
    expect(violations(shared, (_, target) => !/^engine\/operators\/([^/]+\/|registry)/.test(target))).toEqual([]);
  });

  it('uses few packages, each in its place, and the platform only in its Node host', () => {
    const isAllowed = (source: Source, target: string): boolean => {
      if (target.startsWith('engine/')) return true;
      if (target.startsWith('node:')) return source.file.startsWith('engine/workers/node/') || source.file === CORPUS_COMMAND;
      return ENGINE_PACKAGES[packageOf(target)]?.test(source.file) ?? false;
    };
    expect(
      violations(
        engine.filter((source) => !source.isTest),
        isAllowed,
      ),
    ).toEqual([]);
  });
});

describe('engine time', () => {
  it('is never read from a clock', () => {
    const clockless = engine.filter((source) => !source.isTest && !source.file.startsWith('engine/workers/'));
    const readers = clockless.filter((source) => /\bnew Date\(\s*\)|(?<!new )\bDate\(|\bDate\.now\b/.test(withoutComments(source.text)));
    expect(readers.map((source) => source.file)).toEqual([]);
  });
});

describe('app', () => {
  it('knows of the engine only engine/api', () => {
    const isAllowed = (source: Source, target: string): boolean => {
      if (!target.startsWith('engine/') || target.startsWith('engine/api/')) return true;
      if (!source.file.startsWith('app/engine-client/')) return false;
      return target === 'engine/workers/coordinator.worker.ts' || /^engine\/operators\/\*\/(README\.md|icon\.svg)$/.test(target);
    };
    expect(violations(app, isAllowed)).toEqual([]);
  });

  it('has a ui kit without knowledge of pipelines', () => {
    const ui = app.filter((source) => source.file.startsWith('app/ui/'));
    expect(violations(ui, (_, target) => !/^(app\/(?!ui\/)|engine\/)/.test(target))).toEqual([]);
  });

  it('has a document that works without React', () => {
    const document = app.filter((source) => source.file.startsWith('app/document/'));
    expect(violations(document, (_, target) => !/^(react|react-dom|reactflow|@mantine\/.*)$/.test(target))).toEqual([]);
    expect(document.filter((source) => source.file.endsWith('.tsx'))).toEqual([]);
  });

  it('has panels that do not know one another', () => {
    const panelOf = (file: string): string | undefined => /^app\/(palette|inspector|canvas|run)\//.exec(file)?.[1];
    // They meet in state, never in components.
    const isState = (target: string): boolean => /-(store|state)\.ts$/.test(target);
    const isAllowed = (source: Source, target: string): boolean =>
      panelOf(target) === undefined || panelOf(target) === panelOf(source.file) || isState(target);
    expect(
      violations(
        app.filter((source) => panelOf(source.file) !== undefined),
        isAllowed,
      ),
    ).toEqual([]);
  });
});

describe('the rest', () => {
  it('is imported by nobody', () => {
    expect(violations([...engine, ...app], (_, target) => !/^(bench|e2e|tools|scripts)\//.test(target))).toEqual([]);
  });

  it('has browser tests that know neither studio nor engine from the inside', () => {
    const e2e = SOURCES.filter((source) => source.file.startsWith('e2e/'));
    expect(violations(e2e, (_, target) => !/^(app|engine)\//.test(target))).toEqual([]);
  });
});

describe('operator types', () => {
  it('are named in their own folder only', () => {
    const code = [...engine, ...app].filter((source) => !source.isTest && !/^(engine\/testing|app\/gallery)\//.test(source.file));
    const mentions = code.flatMap((source) =>
      OPERATOR_TYPES.filter(
        (type) => !source.file.startsWith(`engine/operators/${type}/`) && names(withoutComments(source.text), type),
      ).map((type) => `${source.file} names ${type}`),
    );
    expect(mentions).toEqual([]);
  });
});

/** Types of one plain word ("filter") are also other things; they count only beside the word `type`. */
function names(text: string, type: string): boolean {
  const literal = `['"\`]${type}['"\`]`;
  return new RegExp(type.includes('-') ? literal : `\\btype\\b.{0,20}${literal}|${literal}.{0,20}\\btype\\b`).test(text);
}
