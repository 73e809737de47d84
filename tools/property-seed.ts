import fc from 'fast-check';

/**
 * Property tests try the same cases in every run of `npm test`, so that a change is what breaks them, not chance. `npm run explore` looks further: it
 * sets `PROPERTY_SEED` to a number of its own for every round.
 */
const DEFAULT_SEED = 20_250_101;

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? DEFAULT_SEED) });
