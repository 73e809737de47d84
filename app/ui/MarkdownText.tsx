import type { ReactNode } from 'react';
import { useMemo } from 'react';
import Markdown from 'react-markdown';
import type { MarkdownBlock } from './markdown-tables.ts';
import { markdownBlocks } from './markdown-tables.ts';
import './markdown-text.css';

/** What it stands in has a heading of level 2, so the text's own headings move down by two. */
const HEADINGS = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6' } as const;
const CELL = { p: ({ children }: { readonly children?: ReactNode }) => children };

/** A text of this repository in Markdown, with tables. */
export function MarkdownText({ text }: { readonly text: string }) {
  const blocks = useMemo(() => markdownBlocks(text), [text]);
  return (
    <article className="mr-markdown">
      {blocks.map((block, index) => (
        <Block key={index} block={block} />
      ))}
    </article>
  );
}

function Block({ block }: { readonly block: MarkdownBlock }) {
  if (block.kind === 'text') return <Markdown components={HEADINGS}>{block.text}</Markdown>;
  return (
    <table className="mr-markdown-table">
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
