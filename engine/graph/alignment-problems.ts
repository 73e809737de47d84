import type { AlignmentSettings } from '../operators/definition.ts';
import type { DocumentProblem } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { NodeAnalysis } from './analyze-node.ts';

interface Aligning {
  readonly known: NodeAnalysis;
  readonly settings: AlignmentSettings;
  readonly chain: readonly string[];
}

/** Watermark alignment pauses the source of the same task, and all members of a group agree on how. `chains`: the tasks, head first. */
export function alignmentProblems(
  chains: readonly (readonly string[])[],
  nodes: ReadonlyMap<string, NodeAnalysis>,
): readonly DocumentProblem[] {
  const aligning = chains.flatMap((chain) =>
    chain.flatMap((nodeId): readonly Aligning[] => {
      const known = nodes.get(nodeId);
      const settings = known?.definition.alignment?.(known.analyzed.config as never) ?? null;
      return known === undefined || settings === null ? [] : [{ known, settings, chain }];
    }),
  );
  return aligning.flatMap((one) => [...sourceProblems(one, aligning, nodes), ...differences(one, aligning)]);
}

function sourceProblems(one: Aligning, all: readonly Aligning[], nodes: ReadonlyMap<string, NodeAnalysis>): readonly DocumentProblem[] {
  const { chain } = one;
  if ((nodes.get(chain[0] ?? '')?.definition.inputs.length ?? 0) > 0) {
    return [
      error(
        one,
        'alignment-without-source',
        'Watermark alignment pauses a source, and none is in the same task. Put this operator right behind its source, at the same parallelism and chained to it, or clear the group.',
      ),
    ];
  }
  const other = all.find((candidate) => candidate.chain === chain);
  if (other === undefined || other === one) return [];
  const { node, definition } = other.known;
  return [
    error(one, 'alignment-twice', `The source of this task is aligned by ${nameOf(node, definition)} already. Clear one of the groups.`),
  ];
}

function differences(one: Aligning, all: readonly Aligning[]): readonly DocumentProblem[] {
  const { group, maxDriftMs, updateIntervalMs } = one.settings;
  const first = all.find(({ settings }) => settings.group === group);
  if (first === undefined || (first.settings.maxDriftMs === maxDriftMs && first.settings.updateIntervalMs === updateIntervalMs)) return [];
  const { node, definition } = first.known;
  return [
    error(
      one,
      'alignment-differs',
      `The members of the group "${group}" have one maximum drift and one update interval; at ${nameOf(node, definition)} they are ${first.settings.maxDriftMs} ms and ${first.settings.updateIntervalMs} ms. Set the same here, or choose another group.`,
    ),
  ];
}

function error({ known, settings }: Aligning, code: string, message: string): DocumentProblem {
  return { severity: 'error', code, message, nodeId: known.node.id, field: settings.field };
}
