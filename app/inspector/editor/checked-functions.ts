import { definitionOf } from '../../../engine/api/index.ts';
import type { Analysis, DocumentNode } from '../../../engine/api/index.ts';
import { checkedText } from './record-types.ts';
import type { CheckedText } from './record-types.ts';

export interface CheckedFunction extends CheckedText {
  readonly nodeId: string;
  readonly field: string;
}

/** The functions of a node that can be checked, with the types of the records that reach it. */
export function checkedFunctions({ id, type, config }: DocumentNode, analysis: Analysis): readonly CheckedFunction[] {
  const [input, input2] = analysis.nodes.get(id)?.inputs ?? [];
  return Object.entries(definitionOf(type)?.fields ?? {}).flatMap(([name, field]) => {
    if (field.kind !== 'function' || field.visibleWhen?.(config) === false) return [];
    const source = config[name] ?? field.default;
    const checked =
      typeof source === 'string' ? checkedText(source, input?.schema ?? null, field.returns, field.types, input2?.schema ?? null) : null;
    return checked === null ? [] : [{ nodeId: id, field: name, ...checked }];
  });
}
