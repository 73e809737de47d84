import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { AnalyzedNode, AnyDefinition, DocumentNode } from '../../engine/api/index.ts';
import type { NodePatch } from '../document/changes.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { FieldFrame } from './FieldFrame.tsx';
import { IntegerInput } from './IntegerInput.tsx';
import { describedByProps } from '../ui/described-by.ts';

const CHAINING = [
  { value: '', label: 'Where possible' },
  { value: 'head', label: 'Start a new chain' },
  { value: 'never', label: 'Never' },
] as const;

interface AdvancedSectionProps {
  readonly node: DocumentNode;
  readonly definition: AnyDefinition;
  readonly analyzed: AnalyzedNode | undefined;
}

/** Settings every operator has. */
export function AdvancedSection({ node, definition, analyzed }: AdvancedSectionProps) {
  const jobParallelism = useDocument((state) => state.document.job.parallelism);
  const jobMaxParallelism = useDocument((state) => state.document.job.maxParallelism);
  const headingId = useId();
  const set = (patch: NodePatch, what: string): void =>
    documentStore.getState().apply({ kind: 'set-node', nodeId: node.id, patch }, `Change ${what} of ${nodeTitle(node)}`);
  const commit = (): void => documentStore.getState().endCoalescing();
  const isVirtual = definition.partitioner !== undefined;
  return (
    <details className="inspector-advanced">
      <summary id={headingId}>Advanced</summary>
      <div className="inspector-form" role="group" aria-labelledby={headingId}>
        <FieldFrame label="Note" help="Shown to whoever opens this pipeline.">
          {(ids) => (
            <Textarea
              id={ids.id}
              {...describedByProps(ids.describedBy)}
              autosize
              minRows={2}
              maxRows={8}
              value={node.note ?? ''}
              onChange={(event) => set({ note: event.currentTarget.value === '' ? undefined : event.currentTarget.value }, 'note')}
              onBlur={commit}
            />
          )}
        </FieldFrame>
        {isVirtual ? null : (
          <>
            <FieldFrame label="Parallelism" help={parallelismHelp(definition, analyzed, jobParallelism)}>
              {(ids) => (
                <IntegerInput
                  {...ids}
                  min={1}
                  max={128}
                  value={definition.fixedParallelism ?? node.parallelism}
                  placeholder={`${jobParallelism} (the job's)`}
                  disabled={definition.fixedParallelism !== undefined}
                  onChange={(parallelism) => set({ parallelism }, 'parallelism')}
                  onCommit={commit}
                />
              )}
            </FieldFrame>
            <FieldFrame label="Max parallelism" help="Number of key groups of this operator. Empty: as the job.">
              {(ids) => (
                <IntegerInput
                  {...ids}
                  min={1}
                  max={32_768}
                  value={node.maxParallelism}
                  placeholder={jobMaxParallelism === undefined ? 'By parallelism' : `${jobMaxParallelism} (the job's)`}
                  onChange={(maxParallelism) => set({ maxParallelism }, 'max parallelism')}
                  onCommit={commit}
                />
              )}
            </FieldFrame>
            <FieldFrame
              label="Slot sharing group"
              help="Subtasks of different operators share a slot within a group. Empty: the group of what feeds this operator, if it is one, else “default”."
            >
              {(ids) => (
                <TextInput
                  id={ids.id}
                  {...describedByProps(ids.describedBy)}
                  autoComplete="off"
                  value={node.slotSharingGroup ?? ''}
                  onChange={(event) => {
                    const group = event.currentTarget.value;
                    set({ slotSharingGroup: group === '' ? undefined : group }, 'slot sharing group');
                  }}
                  onBlur={commit}
                />
              )}
            </FieldFrame>
            <FieldFrame label="Chaining" help="Chained operators run in one task and hand records over without a channel.">
              {(ids) => (
                <NativeSelect
                  id={ids.id}
                  {...describedByProps(ids.describedBy)}
                  data={[...CHAINING]}
                  value={node.chaining === 'always' || node.chaining === undefined ? '' : node.chaining}
                  onChange={(event) => {
                    const value = event.currentTarget.value;
                    set({ chaining: value === 'head' || value === 'never' ? value : undefined }, 'chaining');
                    commit();
                  }}
                />
              )}
            </FieldFrame>
          </>
        )}
      </div>
    </details>
  );
}

function parallelismHelp(definition: AnyDefinition, analyzed: AnalyzedNode | undefined, jobParallelism: number): string {
  if (definition.fixedParallelism !== undefined)
    return `This operator always runs in ${definition.fixedParallelism === 1 ? 'one subtask' : `${definition.fixedParallelism} subtasks`}.`;
  const now = analyzed?.parallelism ?? jobParallelism;
  return `Number of parallel subtasks, now ${now}. Empty: as the job.`;
}
