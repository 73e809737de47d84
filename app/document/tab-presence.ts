/** What tabs say to each other. */
interface PresenceMessage {
  readonly kind: 'here' | 'also-here' | 'gone';
  readonly tab: string;
  readonly documentId: string;
}

/**
 * Finds out whether another tab shows the same document: each announces what it shows, and others answer.
 * `onShared` hears `true` when a second tab has the document, `false` when it is alone again.
 */
export class TabPresence {
  readonly #channel: BroadcastChannel;
  readonly #tab: string;
  readonly #onShared: (shared: boolean) => void;
  readonly #others = new Map<string, string>();

  #documentId: string | null = null;
  #shared = false;

  constructor(channel: BroadcastChannel, tab: string, onShared: (shared: boolean) => void) {
    this.#channel = channel;
    this.#tab = tab;
    this.#onShared = onShared;
    channel.onmessage = (event: MessageEvent<PresenceMessage>) => this.#receive(event.data);
  }

  show(documentId: string): void {
    if (documentId === this.#documentId) return;
    this.#documentId = documentId;
    this.#say('here');
    this.#update();
  }

  close(): void {
    this.#say('gone');
    this.#channel.close();
  }

  #receive(message: PresenceMessage): void {
    if (message.tab === this.#tab) return;
    if (message.kind === 'gone') this.#others.delete(message.tab);
    else this.#others.set(message.tab, message.documentId);
    if (message.kind === 'here') this.#say('also-here');
    this.#update();
  }

  #say(kind: PresenceMessage['kind']): void {
    if (this.#documentId === null) return;
    this.#channel.postMessage({ kind, tab: this.#tab, documentId: this.#documentId } satisfies PresenceMessage);
  }

  #update(): void {
    const shared = [...this.#others.values()].includes(this.#documentId ?? '');
    if (shared === this.#shared) return;
    this.#shared = shared;
    this.#onShared(shared);
  }
}
