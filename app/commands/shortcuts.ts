/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

interface Shortcut {
  readonly mod: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Lower case: a character, or a name of `KeyboardEvent.key`. */
  readonly key: string;
}

/** `mod` is Ctrl, and on a Mac Cmd. */
export function parseShortcut(text: string): Shortcut {
  const parts = text.toLowerCase().split('+');
  // "mod++" ends in an empty part: the key is the plus itself.
  const key = text.endsWith('++') ? '+' : (parts.at(-1) ?? '');
  return { mod: parts.includes('mod'), shift: parts.includes('shift'), alt: parts.includes('alt'), key };
}

export function matchesShortcut(event: KeyPress, text: string, mac: boolean): boolean {
  const shortcut = parseShortcut(text);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const otherMod = mac ? event.ctrlKey : event.metaKey;
  if (mod !== shortcut.mod || otherMod || event.altKey !== shortcut.alt) return false;
  if (event.key.toLowerCase() === shortcut.key) {
    // What is typed with Shift anyway ("?", "+") names no Shift of its own.
    return event.shiftKey === shortcut.shift || (!shortcut.shift && isSymbol(shortcut.key));
  }
  // Shift changes the character ("1" to "!"), and other layouts change it further; the key's place stays.
  return event.shiftKey === shortcut.shift && (event.code === `Digit${shortcut.key}` || event.code === `Key${shortcut.key.toUpperCase()}`);
}

function isSymbol(key: string): boolean {
  return key.length === 1 && !/[a-z0-9 ]/.test(key);
}

const NAMES: Readonly<Record<string, string>> = {
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  delete: 'Del',
  backspace: 'Backspace',
  enter: 'Enter',
  escape: 'Esc',
  ' ': 'Space',
};

/** "Ctrl Shift Z", on a Mac "⌘ ⇧ Z". */
export function formatShortcut(text: string, mac: boolean): string {
  const { mod, shift, alt, key } = parseShortcut(text);
  const words = [
    ...(mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(shift ? [mac ? '⇧' : 'Shift'] : []),
    NAMES[key] ?? (key.length === 1 || /^f\d+$/.test(key) ? key.toUpperCase() : key),
  ];
  return words.join(' ');
}

export const IS_MAC = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.userAgent);
