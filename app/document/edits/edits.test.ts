import { describe, expect, test } from 'vitest';
import type { AnyDefinition, PipelineDocument } from '../../../engine/api/index.ts';
import { definitions, emptyDocument } from '../../../engine/api/index.ts';
import { planAddOperator } from './add-operator.ts';
import { planAutoLayout } from './auto-layout.ts';
import { fragmentOf, fragmentText, parseFragment, planPaste } from './clipboard.ts';
import { planConnect } from './connect.ts';
import { after } from './edit.ts';
import type { Edit } from './edit.ts';

/** Whatever operators there are: one that has an input and an output will do. */
const passing = definitions().find((definition) => definition.inputs.length === 1 && definition.partitioner === undefined) as AnyDefinition;
const wires = (document: PipelineDocument) => document.edges.map((edge) => `${edge.source} → ${edge.target}`).sort();
const done = (document: PipelineDocument, edit: Edit) => after(document, edit.changes);
const id = (n: number) => `${passing.type}-${n}`;

/** first → second */
function twoNodes(): PipelineDocument {
  const one = done(emptyDocument('d'), planAddOperator(emptyDocument('d'), passing, { kind: 'at', position: { x: 0, y: 0 } }));
  return done(one, planAddOperator(one, passing, { kind: 'after', nodeId: id(1) }));
}

describe('adding an operator', () => {
  test('after another it comes connected, to the right of it, with a name of its own', () => {
    const document = twoNodes();
    expect(wires(document)).toEqual([`${id(1)} → ${id(2)}`]);
    const [first, second] = document.nodes;
    expect(second?.name).toBe(`${passing.title} 2`);
    expect((second?.position.x ?? 0) > (first?.position.x ?? 0)).toBe(true);
    expect(second?.position.y).toBe(first?.position.y);
  });

  test('into an edge it splices; the edge that was there keeps its id', () => {
    const document = twoNodes();
    const edgeId = document.edges[0]?.id ?? '';
    const spliced = done(document, planAddOperator(document, passing, { kind: 'on-edge', edgeId }));
    expect(wires(spliced)).toEqual([`${id(1)} → ${id(3)}`, `${id(3)} → ${id(2)}`]);
    expect(spliced.edges.find((edge) => edge.id === edgeId)?.target).toBe(id(3));
  });

  test('at the end of a wire it comes connected', () => {
    const document = twoNodes();
    const from = { nodeId: id(2), port: 'out', direction: 'source' } as const;
    const edit = planAddOperator(document, passing, { kind: 'from-port', from, position: { x: 900, y: 300 } });
    expect(edit.connected).toBe(true);
    expect(wires(done(document, edit))).toContain(`${id(2)} → ${id(3)}`);
  });

  test('it never lies on another', () => {
    const document = twoNodes();
    const more = done(document, planAddOperator(document, passing, { kind: 'after', nodeId: id(1) }));
    const places = more.nodes.map((node) => `${node.position.x} ${node.position.y}`);
    expect(new Set(places).size).toBe(3);
  });
});

test('a refused connection says why and changes nothing', () => {
  const document = twoNodes();
  const again = { source: id(2), sourcePort: 'out', target: id(1), targetPort: 'in' };
  const planned = planConnect(document, again);
  expect('refused' in planned && planned.refused.length > 10).toBe(true);
});

describe('copy and paste', () => {
  test('brings nodes and the edges between them, under new ids and names', () => {
    const document = twoNodes();
    const text = fragmentText(fragmentOf(document, [id(1), id(2)]));
    const fragment = parseFragment(text);
    const edit = fragment === null ? null : planPaste(document, fragment, null, 'Paste');
    const pasted = edit === null ? document : done(document, edit);
    expect(wires(pasted)).toEqual([`${id(1)} → ${id(2)}`, `${id(3)} → ${id(4)}`]);
    expect(new Set(pasted.nodes.map((node) => node.name)).size).toBe(4);
    expect(edit?.select?.nodeIds).toEqual([id(3), id(4)]);
  });

  test('any other text on the clipboard is left alone', () => {
    expect([parseFragment('hello'), parseFragment('{"nodes":[]}'), parseFragment('[1]')]).toEqual([null, null, null]);
  });

  test('an edge to a node that was not copied stays behind', () => {
    expect(fragmentOf(twoNodes(), [id(1)]).edges).toEqual([]);
  });
});

test('arranging puts what is fed to the right of what feeds it', () => {
  const document = twoNodes();
  const heap = after(document, [{ kind: 'move-nodes', positions: { [id(1)]: { x: 50, y: 50 }, [id(2)]: { x: 10, y: 50 } } }]);
  const arranged = done(heap, planAutoLayout(heap, []));
  const [first, second] = arranged.nodes;
  expect((second?.position.x ?? 0) - (first?.position.x ?? 0)).toBeGreaterThan(200);
  expect(second?.position.y).toBe(first?.position.y);
});
