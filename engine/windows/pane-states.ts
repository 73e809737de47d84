import type { StateHome } from '../state/keyed-backend.ts';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import type { StateKind } from '../state/state-descriptor.ts';
import type { TimeWindow } from './time-window.ts';

type WindowBackend = KeyedStateBackend<unknown, TimeWindow>;

// Backends know it whatever their namespaces are.
const KEY_ALONE = VOID_NAMESPACE as unknown as TimeWindow;

/** Where the states of a window function lie that belong to the key (Flink: `globalState`). */
export class KeyStates implements StateHome {
  protected readonly backend: WindowBackend;
  protected readonly prefix: string;

  /** @param prefix Keeps names apart from those of other states of the operator. */
  constructor(backend: WindowBackend, prefix: string) {
    this.backend = backend;
    this.prefix = prefix;
  }

  declare(stateName: string, kind: StateKind): number {
    return this.backend.declare(this.prefix + stateName, kind);
  }

  read(slot: number): unknown {
    return this.backend.read(slot, this.namespace);
  }

  readLive(slot: number): unknown {
    return this.backend.readLive(slot, this.namespace);
  }

  write(slot: number, _: typeof VOID_NAMESPACE, content: unknown): void {
    this.backend.write(slot, this.namespace, content);
  }

  remove(slot: number): void {
    this.backend.remove(slot, this.namespace);
  }

  sweep(slot: number, keyCount: number, clean: (content: unknown) => unknown): void {
    this.backend.sweep(slot, keyCount, clean);
  }

  protected get namespace(): TimeWindow {
    return KEY_ALONE;
  }
}

/** The same for states of key and window (Flink: `windowState`): always of the window that was set last. */
export class WindowStates extends KeyStates {
  #window: TimeWindow = KEY_ALONE;

  of(window: TimeWindow): this {
    this.#window = window;
    return this;
  }

  /** Everything of the window. */
  clear(): void {
    for (const slot of this.backend.statesNamed((name) => name.startsWith(this.prefix))) this.remove(slot);
  }

  /** Windows end, and what expires in them goes with them. */
  override sweep(): void {
    // Nothing to look for.
  }

  protected override get namespace(): TimeWindow {
    return this.#window;
  }
}
