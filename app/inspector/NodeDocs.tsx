import Markdown from 'react-markdown';
import { operatorReadme } from '../engine-client/operator-assets.ts';

/** The operator's own documentation. */
export function NodeDocs({ type, summary }: { readonly type: string; readonly summary: string }) {
  const readme = operatorReadme(type);
  return (
    <article className="inspector-docs">
      {/* The inspector's heading is of level 2, so the document's own headings move down by two. */}
      <Markdown components={{ h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6' }}>{readme === '' ? summary : readme}</Markdown>
    </article>
  );
}
