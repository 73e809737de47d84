import { useEffect } from 'react';
import { canvasMiddle, toCanvas, useCanvas } from '../canvas/canvas-store.ts';
import { copySelection, deleteSelection, pasteText } from './canvas-actions.ts';
import { COMMANDS } from './all-commands.ts';
import type { Command } from './command.ts';
import { runCommand } from './run-command.ts';
import { IS_MAC, matchesShortcut, parseShortcut } from './shortcuts.ts';

/** The studio's keyboard: commands by their shortcuts, and the system clipboard. */
export function useShortcuts(): void {
  useEffect(() => {
    // Capture: Monaco and menus stop keys that belong to the whole studio, such as Ctrl-Enter.
    window.addEventListener('keydown', onKeyDown, true);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKeyDown, true);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  for (const command of COMMANDS) {
    const shortcut = command.shortcuts?.find((text) => matchesShortcut(event, text, IS_MAC));
    if (shortcut === undefined || !allowedHere(command, shortcut, event.target)) continue;
    event.preventDefault();
    event.stopPropagation();
    runCommand(command);
    return;
  }
}

/** Fields keep their own keys; open menus and dialogs keep all that are not meant for everywhere. */
function allowedHere(command: Command, shortcut: string, target: EventTarget | null): boolean {
  if (command.inFields === true) return true;
  if (!(target instanceof Element)) return true;
  if (isTextEntry(target) || target.closest('[role="dialog"], [role="menu"], [aria-modal="true"]') !== null) return false;
  if (parseShortcut(shortcut).mod) return true;
  // On a checkbox or a grid, plain keys are the control's.
  if (target.closest('input, select, [role="grid"], [role="listbox"], [role="tree"]') !== null) return false;
  // The canvas opens the list beside the operator that has the focus.
  return !(command.id === 'add-operator' && target.closest('.mr-canvas') !== null);
}

const NOT_TEXT = new Set(['button', 'checkbox', 'color', 'file', 'radio', 'range', 'reset', 'submit']);

function isTextEntry(element: Element): boolean {
  if (element instanceof HTMLInputElement) return !NOT_TEXT.has(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLElement && element.isContentEditable) ||
    element.closest('.monaco-editor') !== null
  );
}

/** Text that is selected somewhere, and text fields, are copied as the browser does. */
function isForBrowser(event: ClipboardEvent): boolean {
  const selectedText = window.getSelection()?.toString() ?? '';
  return (event.target instanceof Element && isTextEntry(event.target)) || selectedText !== '';
}

function onCopy(event: ClipboardEvent): void {
  if (isForBrowser(event)) return;
  const text = copySelection();
  if (text === null) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
}

function onCut(event: ClipboardEvent): void {
  onCopy(event);
  if (event.defaultPrevented) deleteSelection();
}

function onPaste(event: ClipboardEvent): void {
  if (event.target instanceof Element && isTextEntry(event.target)) return;
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (pasteText(text, toCanvas(useCanvas.getState().pointer ?? canvasMiddle()))) event.preventDefault();
}
