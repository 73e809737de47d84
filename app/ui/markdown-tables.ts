export type MarkdownBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

const DELIMITER_ROW = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const FENCE = /^\s*(```|~~~)/;

/** Takes the pipe tables out of a Markdown text: CommonMark, which the renderer speaks, has none. Fenced code stays as it is. */
export function markdownBlocks(markdown: string): readonly MarkdownBlock[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: MarkdownBlock[] = [];
  let text: string[] = [];
  let isFenced = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (FENCE.test(line)) isFenced = !isFenced;
    const isTable = !isFenced && line.includes('|') && DELIMITER_ROW.test(lines[i + 1] ?? '') && (lines[i + 1] ?? '').includes('|');
    if (!isTable) {
      text.push(line);
      continue;
    }
    pushText(blocks, text);
    text = [];
    const rows: string[][] = [];
    i += 2;
    for (; i < lines.length && (lines[i] ?? '').includes('|'); i++) rows.push(cellsOf(lines[i] ?? ''));
    i--;
    blocks.push({ kind: 'table', head: cellsOf(line), rows });
  }
  pushText(blocks, text);
  return blocks;
}

function pushText(blocks: MarkdownBlock[], lines: readonly string[]): void {
  const text = lines.join('\n').trim();
  if (text !== '') blocks.push({ kind: 'text', text });
}

/** Cells between pipes; `\|` is a pipe inside a cell. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
