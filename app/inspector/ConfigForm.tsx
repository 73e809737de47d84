import type {
  AnalyzedNode,
  AnyDefinition,
  ConfigField,
  FieldKind,
  DocumentNode,
  DocumentProblem,
  StreamShape,
} from '../../engine/api/index.ts';
import { documentStore } from '../document/document-store.ts';
import { nodeTitle } from '../document/edits/node-title.ts';
import { FieldFrame } from './FieldFrame.tsx';
import { controlOf } from './fields/field-controls.ts';
import { ProblemLine } from './ProblemLine.tsx';

interface ConfigFormProps {
  readonly node: DocumentNode;
  readonly definition: AnyDefinition;
  readonly analyzed: AnalyzedNode | undefined;
  readonly problems: readonly DocumentProblem[];
}

const NO_INPUTS: readonly StreamShape[] = [];

/** The form of a node's configuration, made from its operator's fields. Everything typed goes into the document at once, valid or not. */
export function ConfigForm({ node, definition, analyzed, problems }: ConfigFormProps) {
  const config: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(Object.entries(definition.fields).map(([name, field]) => [name, field.default])),
    ...node.config,
  };
  const visible = Object.entries(definition.fields).filter(([, field]) => field.visibleWhen?.(config) !== false);
  const shown = new Set(visible.map(([name]) => name));
  const general = problems.filter((problem) => problem.field === undefined || !shown.has(problem.field));
  return (
    <div className="inspector-form">
      {general.length === 0 ? null : (
        <div className="inspector-general-problems">
          {general.map((problem) => (
            <ProblemLine key={`${problem.code} ${problem.message}`} problem={problem} />
          ))}
        </div>
      )}
      {visible.map(([name, field]) => (
        <ConfigFieldRow
          key={name}
          node={node}
          name={name}
          field={field}
          value={config[name]}
          inputs={analyzed?.inputs ?? NO_INPUTS}
          problems={problems.filter((problem) => problem.field === name)}
        />
      ))}
      {visible.length === 0 ? <p className="inspector-help">This operator has nothing to configure.</p> : null}
    </div>
  );
}

interface ConfigFieldRowProps {
  readonly node: DocumentNode;
  readonly name: string;
  readonly field: ConfigField;
  readonly value: unknown;
  readonly inputs: readonly StreamShape[];
  readonly problems: readonly DocumentProblem[];
}

const GROUPS: ReadonlySet<FieldKind> = new Set<FieldKind>(['aggregates', 'schema', 'data', 'function']);

/** A duration that cannot be read yet is text in the document. The engine's complaint is about the stored value; a person needs the form. */
function problemsFor(field: ConfigField, value: unknown, problems: readonly DocumentProblem[]): readonly DocumentProblem[] {
  if (field.kind !== 'duration' || typeof value !== 'string') return problems;
  return problems.map((problem) =>
    problem.code === 'wrong-type' ? { ...problem, message: 'Write a number with a unit: 200 ms, 10 s, 1 min 30 s.' } : problem,
  );
}

function ConfigFieldRow({ node, name, field, value, inputs, problems }: ConfigFieldRowProps) {
  const Control = controlOf(field.kind);
  return (
    <FieldFrame
      label={field.label}
      help={field.help}
      problems={problemsFor(field, value, problems)}
      fieldName={name}
      inline={field.kind === 'boolean'}
      group={GROUPS.has(field.kind)}
    >
      {(ids) => (
        <Control
          {...ids}
          nodeId={node.id}
          name={name}
          field={field}
          value={value}
          inputs={inputs}
          invalid={problems.some((problem) => problem.severity === 'error')}
          onChange={(next) =>
            documentStore
              .getState()
              .apply({ kind: 'set-config', nodeId: node.id, field: name, value: next }, `Change ${field.label} of ${nodeTitle(node)}`)
          }
          onCommit={() => documentStore.getState().endCoalescing()}
        />
      )}
    </FieldFrame>
  );
}
