// Serves the studio as it was built last: node scripts/serve.mjs [--port N]. The browser tests run against this.
import { giveUp } from './lib/project.mjs';
import { isBuilt, isFree, serveStudio } from './lib/studio.mjs';

const [flag, value] = process.argv.slice(2);
const port = Number(flag === undefined ? 4319 : value);
if ((flag !== undefined && flag !== '--port') || !Number.isInteger(port)) giveUp('Usage: node scripts/serve.mjs [--port N]');
if (!isBuilt()) giveUp('There is nothing to serve yet. Run "npm run build" first.');
if (!(await isFree(port))) giveUp(`Port ${port} is taken: another "npm test" may be running. Wait for it, or stop what listens there.`);
process.stdout.write(`${await serveStudio(port)}\n`);
