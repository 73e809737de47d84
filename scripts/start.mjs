// npm start: builds the studio when something changed, serves it, and opens it where there is a display.
//   PORT=8080 npm start      another port
//   npm start -- --no-open   do not open a browser
import { spawn } from 'node:child_process';
import { giveUp, say } from './lib/project.mjs';
import { buildStudio, isFree, serveStudio } from './lib/studio.mjs';

const DEFAULT_PORT = 4317;

async function choosePort() {
  const wanted = process.env.PORT;
  if (wanted !== undefined && wanted !== '') {
    const port = Number(wanted);
    if (!Number.isInteger(port) || port < 1 || port > 65535) giveUp(`PORT is "${wanted}"; it must be a number from 1 to 65535.`);
    if (!(await isFree(port))) giveUp(`Port ${port} is taken. Set PORT to another one.`);
    return port;
  }
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + 50; port++) {
    if (!(await isFree(port))) continue;
    if (port !== DEFAULT_PORT) say(`Port ${DEFAULT_PORT} is taken; using ${port}.`);
    return port;
  }
  return giveUp(`Ports ${DEFAULT_PORT} to ${DEFAULT_PORT + 49} are taken. Set PORT to a free one.`);
}

function hasDisplay() {
  const { CI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (CI || SSH_CONNECTION) return false;
  return process.platform === 'darwin' || process.platform === 'win32' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

/** A convenience: when no browser can be opened, the printed address is enough. */
function openBrowser(address) {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => say('No browser could be opened; use the address above.'));
  child.unref();
}

await buildStudio().catch((error) => giveUp(`The studio could not be built. ${error.message}`));
const address = await serveStudio(await choosePort());
process.stdout.write(`\n  Millrace is ready: ${address}\n  Press Ctrl+C to stop.\n\n`);
if (!process.argv.includes('--no-open') && hasDisplay()) openBrowser(address);
