import { expect, test } from 'vitest';
import { TabPresence } from './tab-presence.ts';

/** Two tabs of one browser, each hearing the other. */
class FakeChannel {
  other: FakeChannel | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;

  postMessage(data: unknown): void {
    this.other?.onmessage?.({ data } as MessageEvent);
  }
  close(): void {
    this.onmessage = null;
  }
}

function twoTabs() {
  const [left, right] = [new FakeChannel(), new FakeChannel()];
  left.other = right;
  right.other = left;
  const heard: string[] = [];
  const tab = (channel: FakeChannel, name: string) =>
    new TabPresence(channel as unknown as BroadcastChannel, name, (shared) => heard.push(`${name} ${shared ? 'shared' : 'alone'}`));
  return { a: tab(left, 'a'), b: tab(right, 'b'), heard };
}

test('both tabs hear that they show the same document, and when they no longer do', () => {
  const { a, b, heard } = twoTabs();
  a.show('d');
  b.show('d');
  expect(heard.toSorted()).toEqual(['a shared', 'b shared']);
  b.show('other');
  expect(heard.slice(2).toSorted()).toEqual(['a alone', 'b alone']);
});

test('a closed tab leaves the other alone', () => {
  const { a, b, heard } = twoTabs();
  a.show('d');
  b.show('d');
  b.close();
  expect(heard.slice(2)).toEqual(['a alone']);
});

test("different documents are nobody's concern", () => {
  const { a, b, heard } = twoTabs();
  a.show('d');
  b.show('e');
  expect(heard).toEqual([]);
});
