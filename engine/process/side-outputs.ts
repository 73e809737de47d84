export { isSingleValue, sideOutputSchema, VALUE_FIELD } from '../functions/side-outputs.ts';
