import { Tabs, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { AnyDefinition, DocumentNode } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import type { FieldReveal, TextPlace } from '../document/field-reveal.ts';
import { fieldRevealStore } from '../document/field-reveal.ts';
import { OperatorIcon } from '../operators/OperatorIcon.tsx';
import { AdvancedSection } from './AdvancedSection.tsx';
import { ConfigForm } from './ConfigForm.tsx';
import { NodeData } from './NodeData.tsx';
import { NodeDocs } from './NodeDocs.tsx';
import { ProblemLine } from './ProblemLine.tsx';

export function NodeInspector({ nodeId }: { readonly nodeId: string }) {
  const node = useDocument((state) => state.document.nodes.find((each) => each.id === nodeId));
  const definition = definitionOf(node?.type ?? '');
  if (node === undefined) return null;
  return (
    <section className="inspector" aria-label={`Operator ${nodeTitle(node)}`}>
      <NodeHeader node={node} definition={definition} />
      {definition === undefined ? <UnknownOperator node={node} /> : <NodeTabs node={node} definition={definition} />}
    </section>
  );
}

function NodeHeader({ node, definition }: { readonly node: DocumentNode; readonly definition: AnyDefinition | undefined }) {
  const title = definition?.title ?? node.type;
  return (
    <header className="inspector-header">
      <span className="inspector-header-icon" data-category={definition?.category ?? 'unknown'}>
        <OperatorIcon type={node.type} size={20} />
      </span>
      <div className="inspector-header-text">
        <h2 className="mr-visually-hidden">{nodeTitle(node)}</h2>
        <TextInput
          aria-label="Name"
          className="inspector-name"
          variant="unstyled"
          autoComplete="off"
          placeholder={title}
          value={node.name}
          onChange={(event) =>
            documentStore.getState().apply({ kind: 'rename-node', nodeId: node.id, name: event.currentTarget.value }, `Rename ${title}`)
          }
          onBlur={() => documentStore.getState().endCoalescing()}
        />
        <p className="inspector-type" title={definition?.summary}>
          {title} · <code>{node.id}</code>
        </p>
      </div>
    </header>
  );
}

function UnknownOperator({ node }: { readonly node: DocumentNode }) {
  const problems = useDocument((state) => state.analysis.problems);
  return (
    <div className="inspector-form">
      {problems
        .filter((problem) => problem.nodeId === node.id)
        .map((problem) => (
          <ProblemLine key={problem.message} problem={problem} />
        ))}
      <p className="inspector-help">
        This Millrace does not know the operator type “{node.type}”. It is kept as it is, so that nothing is lost when you open the pipeline
        where it is known.
      </p>
      <pre className="inspector-raw" tabIndex={0} aria-label="Configuration as stored">
        {JSON.stringify(node.config, null, 2)}
      </pre>
    </div>
  );
}

function NodeTabs({ node, definition }: { readonly node: DocumentNode; readonly definition: AnyDefinition }) {
  const [tab, setTab] = useState<string>('configuration');
  const body = useRef<HTMLDivElement>(null);
  const analyzed = useDocument((state) => state.analysis.nodes.get(node.id));
  const allProblems = useDocument((state) => state.analysis.problems);
  const problems = useMemo(() => allProblems.filter((problem) => problem.nodeId === node.id), [allProblems, node.id]);
  const errorCount = problems.filter((problem) => problem.severity === 'error').length;
  useReveal(node.id, body, setTab);
  return (
    <Tabs value={tab} onChange={(next) => setTab(next ?? 'configuration')} keepMounted={false} className="inspector-tabs">
      <Tabs.List aria-label="About this operator">
        <Tabs.Tab value="configuration">
          Configuration
          {errorCount > 0 ? (
            <span className="inspector-tab-errors">
              {errorCount}
              <span className="mr-visually-hidden"> {errorCount === 1 ? 'error' : 'errors'}</span>
            </span>
          ) : null}
        </Tabs.Tab>
        <Tabs.Tab value="data">Data</Tabs.Tab>
        <Tabs.Tab value="docs">Docs</Tabs.Tab>
      </Tabs.List>
      <div ref={body} className="inspector-scroll" tabIndex={tab === 'configuration' ? -1 : 0}>
        <Tabs.Panel value="configuration">
          <ConfigForm node={node} definition={definition} analyzed={analyzed} problems={problems} />
          <AdvancedSection node={node} definition={definition} analyzed={analyzed} />
        </Tabs.Panel>
        <Tabs.Panel value="data">
          <NodeData definition={definition} analyzed={analyzed} />
        </Tabs.Panel>
        <Tabs.Panel value="docs">
          <NodeDocs type={node.type} summary={definition.summary} />
        </Tabs.Panel>
      </div>
    </Tabs>
  );
}

/** Puts the focus where somebody asked to look: the control of a field, or the form. */
function useReveal(nodeId: string, body: { readonly current: HTMLElement | null }, showTab: (tab: string) => void): void {
  const request = useStore(fieldRevealStore, (state) => state.request);
  const done = useRef<FieldReveal | null>(null);
  useEffect(() => {
    if (request === null || request === done.current || request.nodeId !== nodeId) return undefined;
    done.current = request;
    showTab('configuration');
    // The tab has to be rendered first.
    const frame = requestAnimationFrame(() => focusField(body.current, request));
    return () => cancelAnimationFrame(frame);
  }, [request, nodeId, body, showTab]);
}

const FOCUSABLE = 'input, textarea, select, button';

function focusField(body: HTMLElement | null, { field, at }: FieldReveal): void {
  const row = field === null ? null : body?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`);
  const target = row?.querySelector<HTMLElement>(FOCUSABLE) ?? body;
  row?.scrollIntoView({ block: 'nearest' });
  target?.focus();
  // The code editor goes there itself; before it is loaded there is a text area, whose selection it takes over.
  if (at !== null && target instanceof HTMLTextAreaElement && target.closest('.monaco-editor') === null) selectPlace(target, at);
}

function selectPlace(area: HTMLTextAreaElement, { line, column }: TextPlace): void {
  const before = area.value.split('\n').slice(0, line - 1);
  const offset = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  area.setSelectionRange(offset, offset);
}
