import type { ReactNode } from 'react';
import { useMemo } from 'react';
import Markdown from 'react-markdown';
import { operatorReadme } from '../engine-client/operator-assets.ts';
import type { MarkdownBlock } from './markdown-tables.ts';
import { markdownBlocks } from './markdown-tables.ts';

/** The inspector's heading is of level 2, so the documentation's own headings move down by two. */
const HEADINGS = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6' } as const;
const CELL = { p: ({ children }: { readonly children?: ReactNode }) => children };

/** The operator's own documentation. */
export function NodeDocs({ type, summary }: { readonly type: string; readonly summary: string }) {
  const blocks = useMemo(() => markdownBlocks(operatorReadme(type) || summary), [type, summary]);
  return (
    <article className="inspector-docs">
      {blocks.map((block, index) => (
        <Block key={index} block={block} />
      ))}
    </article>
  );
}

function Block({ block }: { readonly block: MarkdownBlock }) {
  if (block.kind === 'text') return <Markdown components={HEADINGS}>{block.text}</Markdown>;
  return (
    <table className="inspector-docs-table">
      <thead>
        <tr>
          {block.head.map((cell) => (
            <th key={cell} scope="col">
              <Markdown components={CELL}>{cell}</Markdown>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row) => (
          <tr key={row.join(' | ')}>
            {block.head.map((column, index) => (
              <td key={column}>
                <Markdown components={CELL}>{row[index] ?? ''}</Markdown>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
