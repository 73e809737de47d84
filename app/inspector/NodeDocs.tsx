import { operatorReadme } from '../engine-client/operator-assets.ts';
import { MarkdownText } from '../ui/MarkdownText.tsx';

/** The operator's own documentation. */
export function NodeDocs({ type, summary }: { readonly type: string; readonly summary: string }) {
  return (
    <div className="inspector-docs">
      <MarkdownText text={operatorReadme(type) || summary} />
    </div>
  );
}
