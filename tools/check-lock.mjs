// node tools/check-lock.mjs: whether package-lock.json works on every platform and with every registry.
//
// npm sometimes writes a lock that lacks the optional binaries of platforms other than its own; `npm ci` then refuses it there. And a lock
// that names the registry it was made with ties everybody to that registry (.npmrc has `omit-lockfile-registry-resolved`).
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

/** Where Node would look for a dependency of the package at `place`, nearest first. */
function placesFor(place, dependency) {
  const places = [];
  for (let folder = place; ; folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : '') {
    places.push(folder === '' ? `node_modules/${dependency}` : `${folder}/node_modules/${dependency}`);
    if (folder === '') return places;
  }
}

const complaints = Object.entries(packages).flatMap(([place, { optionalDependencies = {}, resolved }]) => [
  ...Object.keys(optionalDependencies)
    .filter((dependency) => !placesFor(place, dependency).some((candidate) => candidate in packages))
    .map((dependency) => `${place} needs ${dependency} on some platform, and the lock does not hold it.`),
  ...(resolved === undefined ? [] : [`${place} names where it was downloaded: ${resolved}`]),
]);

for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
if (complaints.length > 0) {
  process.stderr.write('Make the lock anew: remove package-lock.json and node_modules, then "npm install".\n');
  process.exitCode = 1;
}
