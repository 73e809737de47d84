import { describe, expect, test } from 'vitest';
import { formatShortcut, matchesShortcut } from './shortcuts.ts';
import type { KeyPress } from './shortcuts.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const matches = (text: string, event: KeyPress, mac = false) => matchesShortcut(event, text, mac);

describe('shortcuts', () => {
  test('all modifiers must agree', () => {
    expect(matches('mod+z', press('z', { ctrlKey: true }))).toBe(true);
    expect(matches('mod+z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matches('mod+shift+z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matches('mod+z', press('z'))).toBe(false);
    expect(matches('delete', press('Delete', { ctrlKey: true }))).toBe(false);
  });

  test('mod is Cmd on a Mac', () => {
    expect(matches('mod+z', press('z', { metaKey: true }), true)).toBe(true);
    expect(matches('mod+z', press('z', { ctrlKey: true }), true)).toBe(false);
  });

  test('symbols are found whatever must be held to type them', () => {
    expect(matches('?', press('?', { shiftKey: true }))).toBe(true);
    expect(matches('mod++', press('+', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matches('mod++', press('+', { ctrlKey: true }))).toBe(true);
  });

  test('a digit with Shift is found by its place', () => {
    expect(matches('shift+1', press('!', { shiftKey: true, code: 'Digit1' }))).toBe(true);
    expect(matches('shift+1', press('1', { code: 'Digit1' }))).toBe(false);
  });

  test('are written as on the keys', () => {
    expect(formatShortcut('mod+shift+z', false)).toBe('Ctrl Shift Z');
    expect(formatShortcut('mod+shift+z', true)).toBe('⌘ ⇧ Z');
    expect(['f10', 'delete', 'mod++', '?'].map((text) => formatShortcut(text, false))).toEqual(['F10', 'Del', 'Ctrl +', '?']);
  });
});
