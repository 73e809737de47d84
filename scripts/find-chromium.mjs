// A Chromium for the browser tests: $CHROMIUM_PATH, the system's, Playwright's own, and if there is none, one is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { at, giveUp, isMain, say } from './lib/project.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];
const PLACES = [
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
];

/** The path of an executable Chromium (or Chrome). Ends the script with a clear message when there is none and none can be installed. */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    giveUp(`CHROMIUM_PATH names ${named}, which does not exist. Correct it, or unset it to have one found.`);
  }
  const found = ofSystem() ?? (await ofPlaywright()) ?? (await downloaded()) ?? installed();
  return (
    found ??
    giveUp(
      'No Chromium was found and none could be installed (no network?). Install Chromium or Chrome, or set CHROMIUM_PATH to its executable.',
    )
  );
}

function ofSystem() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...PLACES].find((place) => existsSync(place));
}

async function ofPlaywright() {
  const { chromium } = await import('playwright');
  const place = chromium.executablePath();
  return existsSync(place) ? place : undefined;
}

async function downloaded() {
  say('No Chromium here yet. Downloading one…');
  run(process.execPath, [at('node_modules', 'playwright', 'cli.js'), 'install', 'chromium']);
  return await ofPlaywright();
}

/** The system's package manager, where we may use it without asking. */
function installed() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  say('The download did not work. Trying the system package manager…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], env);
  return ofSystem();
}

/** Output goes to standard error; whether it worked is seen by what is there afterwards. */
function run(command, args, env = process.env) {
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env, timeout: 600_000 });
}

if (isMain(import.meta.url)) process.stdout.write(`${await findChromium()}\n`);
