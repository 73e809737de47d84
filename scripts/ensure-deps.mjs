// Runs before node_modules exists: Node built-ins only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { at, giveUp, hashOf, isMain, ROOT, say } from './lib/project.mjs';

const STAMP = at('node_modules', '.millrace-lock-hash');

/** Installs the locked dependencies when they are missing, or when the lock file changed since they were installed. */
export async function ensureDeps() {
  checkNode();
  const hash = hashOf('package-lock.json');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  if (!isInstalled()) await install();
  writeFileSync(STAMP, hash);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  giveUp(`Millrace needs Node 20.19 or newer; this is Node ${process.versions.node}. Get a newer one from https://nodejs.org.`);
}

/** Whether what npm says it installed last is what the lock file asks for: somebody may have installed by hand. */
function isInstalled() {
  const installedLock = at('node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages ?? {};
  return Object.entries(JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages).every(([place, wanted]) => {
    if (place === '') return true;
    const found = installed[place];
    // Binaries of other platforms are optional and not there.
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

async function install() {
  say('Installing dependencies. This happens once, and takes up to a minute…');
  const first = await npm('ci');
  if (first.ok) return;
  refuseWithoutNetwork(first);
  // `npm ci` refuses a lock file that lacks optional binaries of this platform; this one completes it, and leaves the file as it is.
  say('Trying once more without the strict lock…');
  const second = await npm('install', '--no-save');
  if (second.ok) return;
  refuseWithoutNetwork(second);
  giveUp('The dependencies could not be installed; npm says why above. Fix that, then run the same command again.');
}

const NO_NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

function refuseWithoutNetwork({ errors }) {
  const code = NO_NETWORK.exec(errors)?.[1];
  if (code === undefined) return;
  giveUp(
    `The package registry cannot be reached (${code}). Connect to the network, or set npm's "registry" or "proxy" (npm config set …), then run the same command again.`,
  );
}

/** Runs npm; its output goes to standard error, and what it complains about is also returned. */
function npm(...command) {
  const args = [
    ...command,
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=1000',
  ];
  // npm tells its scripts where it lives: the nested install is then done by the same npm, on every platform.
  const cli = process.env.npm_execpath;
  const isNpm = cli !== undefined && /npm-cli\.c?js$/.test(cli);
  const options = { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = isNpm
    ? spawn(process.execPath, [cli, ...args], options)
    : spawn('npm', args, { ...options, shell: process.platform === 'win32' });
  child.stdout.pipe(process.stderr, { end: false });
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
      process.stderr.write(text);
    });
    child.on('error', (error) => resolve({ ok: false, errors: `${errors}${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, errors }));
  });
}

if (isMain(import.meta.url)) await ensureDeps();
