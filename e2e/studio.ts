import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export type ResultRow = Readonly<Record<string, unknown>>;

export interface ExportedDocument {
  readonly id: string;
  readonly job: Readonly<Record<string, unknown>>;
  readonly nodes: readonly {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly position: { readonly x: number; readonly y: number };
  }[];
  readonly edges: readonly {
    readonly id: string;
    readonly source: string;
    readonly sourcePort: string;
    readonly target: string;
    readonly targetPort: string;
  }[];
  readonly data: readonly { readonly id: string; readonly name: string }[];
  readonly view?: { readonly zoom: number };
}

/** One line of the list of skipped records. */
export interface SkippedLine {
  readonly kind: string;
  readonly operator: string;
  readonly line: number;
  readonly reason: string;
  readonly record: string;
}

export interface OperatorNumbers {
  readonly in: number;
  readonly out: number;
  readonly late: number;
  readonly malformed: number;
  readonly failed: number;
}

export type FileToDrop = { readonly name: string; readonly text: string } | { readonly name: string; readonly bytes: readonly number[] };

/** The studio as a person meets it: found by roles and names, waited for by what is to be seen. */
export class Studio {
  readonly page: Page;
  readonly canvas: Locator;
  readonly inspector: Locator;
  readonly palette: Locator;
  readonly status: Locator;
  readonly error: Locator;
  readonly #troubles: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByRole('region', { name: 'Pipeline', exact: true });
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.palette = page.getByRole('complementary', { name: 'Operators' });
    this.status = page.getByRole('group', { name: 'Run', exact: true }).getByRole('status').first();
    this.error = page.getByRole('alert').filter({ has: page.getByRole('button', { name: 'Dismiss the error' }) });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.#troubles.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#troubles.push(`uncaught ${error.name}: ${error.message}\n${error.stack ?? ''}`));
  }

  // Opening

  /** The first visit of this browser: the example runs. */
  async openFresh(): Promise<void> {
    await this.page.goto('/');
    await expect(this.status).toHaveText('Running');
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await expect(this.canvas).toBeVisible();
  }

  async openEmpty(): Promise<void> {
    await this.openFresh();
    await this.menu('File', 'New pipeline');
    await expect(this.canvas.getByRole('heading', { name: 'Start with a source' })).toBeVisible();
    await this.waitForStatus('Ready');
  }

  /** Opens a document by dropping its file, as a pipeline somebody sent. */
  async openDocument(document: { readonly job: { readonly name: string } }): Promise<void> {
    await this.dropFile({ name: 'pipeline.json', text: JSON.stringify(document) });
    await this.dismissMessage(`Opened ${document.job.name}`);
  }

  async menu(menu: 'File' | 'Edit' | 'View', entry: string): Promise<void> {
    await this.page.getByRole('menubar').getByRole('menuitem', { name: menu, exact: true }).click();
    // A shortcut may stand behind the label.
    await this.page
      .getByRole('menu')
      .getByRole('menuitem', { name: new RegExp(`^${escapeRegExp(entry)}`) })
      .click();
  }

  // The pipeline

  node(title: string): Locator {
    return this.canvas.getByRole('group', { name: new RegExp(`^${escapeRegExp(title)}(?=[,.]|$)`) });
  }

  edge(from: string, to: string): Locator {
    return this.canvas.getByRole('img', { name: `From ${from} to ${to}`, exact: true });
  }

  /** Clicks on a connection that runs straight, beside its label. */
  async clickEdge(from: string, to: string, button: 'left' | 'right' = 'left'): Promise<void> {
    const edge = this.edge(from, to);
    const { width, height } = await boxOf(edge);
    await edge.click({ button, position: { x: width * 0.12, y: height / 2 } });
  }

  async addByClick(title: string, group?: string): Promise<void> {
    await this.#paletteEntry(title, group).click();
  }

  /** Drags an operator from the palette to a place of the canvas, given in shares of its size. */
  async addByDrag(title: string, x: number, y: number, group?: string): Promise<void> {
    const box = await boxOf(this.canvas);
    await this.#paletteEntry(title, group).dragTo(this.canvas, { targetPosition: { x: box.width * x, y: box.height * y } });
  }

  #paletteEntry(title: string, group: string | undefined): Locator {
    const place = group === undefined ? this.palette : this.palette.getByRole('region', { name: group });
    return place.getByRole('button', { name: title, exact: true });
  }

  output(title: string, port?: string): Locator {
    return this.node(title).getByTitle(port === undefined ? /^Output: / : new RegExp(`^(Output|Side output): ${escapeRegExp(port)}`));
  }

  input(title: string): Locator {
    return this.node(title).getByTitle(/^Input: /);
  }

  async connectByMouse(from: string, to: string, port?: string): Promise<void> {
    await this.dragWire(this.output(from, port), this.input(to));
    await expect(this.edge(from, to)).toBeAttached();
  }

  async dragWire(from: Locator, to: Locator): Promise<void> {
    const start = middle(await boxOf(from));
    const end = middle(await boxOf(to));
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }

  async moveByMouse(title: string, dx: number, dy: number): Promise<void> {
    const { x, y } = middle(await boxOf(this.node(title)));
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + dx / 2, y + dy / 2, { steps: 3 });
    await this.page.mouse.move(x + dx, y + dy, { steps: 3 });
    await this.page.mouse.up();
  }

  async select(title: string): Promise<void> {
    await this.node(title).click();
    await expect(this.inspector.getByRole('region', { name: `Operator ${title}` })).toBeVisible();
  }

  async selectNothing(): Promise<void> {
    await this.canvas.getByRole('application').click({ position: { x: 8, y: 8 } });
    await expect(this.inspector.getByRole('region', { name: 'Job settings' })).toBeVisible();
  }

  async undo(): Promise<void> {
    await this.page.getByRole('button', { name: 'Undo', exact: true }).click();
  }

  async redo(): Promise<void> {
    await this.page.getByRole('button', { name: 'Redo', exact: true }).click();
  }

  // The inspector

  field(label: string): Locator {
    return this.inspector.getByRole('textbox', { name: label, exact: true });
  }

  async setField(label: string, value: string): Promise<void> {
    await this.field(label).fill(value);
    await this.field(label).blur();
  }

  /** Picks an option of a list, or one of a few that stand side by side. */
  async choose(label: string, option: string): Promise<void> {
    const sideBySide = this.inspector.getByRole('radiogroup', { name: label }).getByText(option, { exact: true });
    const list = this.inspector.getByRole('combobox', { name: label, exact: true }).or(this.field(label));
    await expect(sideBySide.or(list).first()).toBeVisible();
    if (await sideBySide.isVisible()) {
      await sideBySide.click();
      return;
    }
    await list.click();
    await this.page.getByRole('option', { name: new RegExp(`^${escapeRegExp(option)}`) }).click();
    // A list for several stays open.
    await this.page.keyboard.press('Escape');
  }

  /** The code editor of a function, once it is loaded. */
  editor(label: string): Locator {
    return this.inspector.getByRole('textbox', { name: `${label}. Press Escape or Tab to leave the editor.` });
  }

  /** Pastes a text over what the editor holds: nothing is completed or closed on the way. */
  async setFunction(label: string, source: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), source);
    await this.editor(label).focus();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('ControlOrMeta+v');
    await expect(this.editor(label)).toHaveValue(source);
    await this.page.keyboard.press('Escape');
  }

  // Running

  async run(): Promise<void> {
    await this.#runButton('Run').click();
  }

  async pause(): Promise<void> {
    await this.#runButton('Pause').click();
    await this.waitForStatus('Paused');
  }

  async resume(): Promise<void> {
    await this.#runButton('Resume').click();
  }

  async step(): Promise<void> {
    await this.#runButton('Step').click();
  }

  async stop(): Promise<void> {
    await this.#runButton('Stop').click();
    await this.waitForStatus('Stopped');
  }

  async setSpeed(speed: '0.1×' | '1×' | '10×' | '100×' | 'Max'): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Speed, times event time' }).selectOption(speed);
  }

  #runButton(name: string): Locator {
    return this.page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name, exact: true });
  }

  async waitForStatus(status: string, timeout = 15_000): Promise<void> {
    await expect(this.status).toHaveText(status, { timeout });
  }

  async runToEnd(timeout = 30_000): Promise<void> {
    await this.setSpeed('Max');
    await this.run();
    await this.waitForStatus('Finished', timeout);
  }

  // What came of it

  async showTab(tab: 'Results' | 'Problems' | 'Skipped records' | 'Metrics' | 'State'): Promise<void> {
    await this.page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
  }

  results(sink: string): Locator {
    return this.page.getByRole('grid', { name: `Results of ${sink}` });
  }

  /** Shows the rows of one of several sinks. */
  async showSink(sink: string): Promise<void> {
    await this.showTab('Results');
    const sideBySide = this.page.getByRole('radiogroup', { name: 'Sink' });
    const list = this.page
      .getByRole('combobox', { name: 'Sink', exact: true })
      .or(this.page.getByRole('textbox', { name: 'Sink', exact: true }));
    await expect(sideBySide.or(list).first()).toBeVisible();
    if (await sideBySide.isVisible()) return sideBySide.getByText(sink, { exact: true }).click();
    await list.click();
    await this.page.getByRole('listbox', { name: 'Sink' }).getByRole('option', { name: sink, exact: true }).click();
    return undefined;
  }

  /** All rows of the sink that is shown, exactly, in their order: what "Save as JSON…" writes. */
  async resultRows(): Promise<readonly ResultRow[]> {
    await this.showTab('Results');
    await this.page.getByRole('button', { name: 'Copy or save' }).click();
    const text = await this.#download(() => this.page.getByRole('menuitem', { name: 'Save as JSON…' }).click());
    return JSON.parse(text) as ResultRow[];
  }

  /** How many rows the sink that is shown has. */
  async rowCount(): Promise<number> {
    const text = await this.page.getByText(/^[\d,]+ rows?( ·|$)/).textContent();
    return readCount(text?.split(' ')[0]);
  }

  async metricsOf(title: string): Promise<OperatorNumbers> {
    await this.showTab('Metrics');
    const row = this.page
      .getByRole('region', { name: 'Metrics of operators' })
      .getByRole('row')
      .filter({
        has: this.page.getByRole('button', { name: title, exact: true }),
      });
    const cells = await row.getByRole('cell').allTextContents();
    return {
      in: readCount(cells[0]),
      out: readCount(cells[1]),
      late: readCount(cells[8]),
      malformed: readCount(cells[9]),
      failed: readCount(cells[10]),
    };
  }

  /** Records read, hashes and so on, as the metrics tell them when a job has ended by itself. */
  async summary(): Promise<{
    readonly recordsRead: number;
    readonly rows: number;
    readonly traceHash: string;
    readonly resultHash: string;
  }> {
    await this.showTab('Metrics');
    const value = (term: string) =>
      this.page
        .getByRole('definition')
        .and(this.page.locator('dt', { hasText: term }).locator('xpath=following-sibling::dd[1]'))
        .textContent();
    return {
      recordsRead: readCount(await value('Records read')),
      rows: readCount(await value('Rows delivered')),
      traceHash: (await value('Trace hash')) ?? '',
      resultHash: (await value('Result hash')) ?? '',
    };
  }

  /** The skipped records that are listed, from the first on: as many as can be seen at once. */
  async skippedLines(): Promise<readonly SkippedLine[]> {
    await this.#showSkipped();
    const rows = await this.page.getByRole('table', { name: 'Skipped records' }).getByRole('row').all();
    const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allTextContents()));
    return cells.map(([kind = '', operator = '', line, reason = '', record = '']) => ({
      kind,
      operator,
      line: readCount(line),
      reason,
      record,
    }));
  }

  /** "File: 3 malformed": counts by operator and kind. */
  async skippedCounts(): Promise<readonly string[]> {
    await this.#showSkipped();
    return await this.page.getByRole('group', { name: 'Filter by operator and kind' }).getByRole('button').allTextContents();
  }

  async #showSkipped(): Promise<void> {
    await this.showTab('Skipped records');
    const panel = this.page.getByRole('tabpanel', { name: /^Skipped records/ });
    await expect(panel.getByRole('table').or(panel.getByText('No record was skipped.'))).toBeVisible();
  }

  async problems(): Promise<readonly string[]> {
    await this.showTab('Problems');
    const panel = this.page.getByRole('tabpanel', { name: /^Problems/ });
    await expect(panel.getByRole('list').or(panel.getByText('No problems'))).toBeVisible();
    return await this.page.getByRole('list', { name: 'Problems' }).getByRole('listitem').allTextContents();
  }

  // Files

  /** Drops a file on the middle of the canvas, or on `target`. */
  async dropFile(file: FileToDrop, target: Locator = this.canvas): Promise<void> {
    const content = 'text' in file ? file.text : file.bytes;
    await target.evaluate(
      (element, { name, content: given }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([typeof given === 'string' ? given : new Uint8Array(given)], name));
        const box = element.getBoundingClientRect();
        const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
        for (const type of ['dragenter', 'dragover', 'drop'])
          element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer, ...at }));
      },
      { name: file.name, content },
    );
  }

  /** Drops a file of the disk: the page gets it as a person's file, unread. */
  async dropFileFromDisk(path: string, target: Locator = this.canvas): Promise<void> {
    const picker = await this.page.evaluateHandle(() => {
      const input = document.createElement('input');
      input.type = 'file';
      return input;
    });
    await picker.setInputFiles(path);
    await target.evaluate((element, { files }) => {
      const transfer = new DataTransfer();
      for (const file of files ?? []) transfer.items.add(file);
      const box = element.getBoundingClientRect();
      const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
      for (const type of ['dragenter', 'dragover', 'drop'])
        element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer, ...at }));
    }, picker);
  }

  /** The document as "Export as file" writes it. */
  async exported(): Promise<ExportedDocument> {
    return JSON.parse(await this.exportedText()) as ExportedDocument;
  }

  async exportedText(): Promise<string> {
    return await this.#download(() => this.menu('File', 'Export as file'));
  }

  async downloadSink(fileName: string): Promise<string> {
    await this.showTab('Results');
    return await this.#download(() => this.page.getByRole('button', { name: `Download ${fileName}` }).click());
  }

  async #download(action: () => Promise<void>): Promise<string> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), action()]);
    return await readFile(await download.path(), 'utf8');
  }

  // Messages

  /** A message in the corner, by its title. */
  message(title: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: title });
  }

  async dismissMessage(title: string): Promise<void> {
    await this.message(title).getByRole('button').last().click();
    await expect(this.message(title)).toHaveCount(0);
  }

  /** What the page complained about to the console since it was opened. */
  troubles(): readonly string[] {
    return this.#troubles;
  }

  /** What was complained about until now was provoked on purpose. */
  forgetTroubles(): void {
    this.#troubles.length = 0;
  }

  expectNoConsoleErrors(): void {
    expect(this.#troubles).toEqual([]);
  }
}

export function readCount(text: string | undefined | null): number {
  return Number((text ?? '').replaceAll(',', ''));
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator.toString()} is not on the screen.`);
  return box;
}

function middle({ x, y, width, height }: Box): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
