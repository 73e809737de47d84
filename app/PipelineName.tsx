import { documentStore, useDocument } from './document/document-store.ts';

/** The pipeline's name: a title that can be typed over. */
export function PipelineName() {
  const name = useDocument((state) => state.document.job.name);
  return (
    <input
      className="mr-pipeline-name"
      aria-label="Name of the pipeline"
      value={name}
      spellCheck={false}
      placeholder="Untitled pipeline"
      size={Math.max(8, Math.min(32, name.length))}
      onChange={(event) =>
        documentStore.getState().apply({ kind: 'set-job', patch: { name: event.currentTarget.value } }, 'Rename pipeline')
      }
      onBlur={() => documentStore.getState().endCoalescing()}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
