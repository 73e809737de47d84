import { useMemo } from 'react';
import type { AnyDefinition, DocumentNode } from '../../engine/api/index.ts';
import { defaultConfig, definitionOf } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';

export function useNode(nodeId: string): DocumentNode | undefined {
  return useDocument((state) => state.document.nodes.find((node) => node.id === nodeId));
}

/** The line under the name: what the operator is set to. */
export function useFace(node: DocumentNode | undefined): string {
  const analyzed = useDocument((state) => (node === undefined ? undefined : state.analysis.nodes.get(node.id)?.config));
  return useMemo(() => {
    const definition = node === undefined ? undefined : definitionOf(node.type);
    if (node === undefined || definition === undefined) return '';
    // The analysis checked the values against the fields that `face` was written for.
    const config = analyzed ?? { ...defaultConfig(definition.fields), ...node.config };
    return definition.face(config as Parameters<AnyDefinition['face']>[0]);
  }, [node, analyzed]);
}
