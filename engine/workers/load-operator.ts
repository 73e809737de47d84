import type { DefinitionLookup } from '../graph/analysis.ts';
import type { OperatorModule } from '../operators/definition.ts';

/** Loads an operator's runtime through its definition: each is a chunk of its own, fetched when a job uses it. */
export function loadOperatorFrom(lookup: DefinitionLookup): (type: string) => Promise<OperatorModule> {
  return async (type) => {
    const load = lookup(type)?.load;
    if (load === undefined) throw new Error(`there is no operator of type "${type}"`);
    return await load();
  };
}
