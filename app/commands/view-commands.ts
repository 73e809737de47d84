import { fitView, focusCanvas, zoomBy, zoomTo } from './canvas-actions.ts';
import { useCanvas } from '../canvas/canvas-store.ts';
import { documentStore } from '../document/document-store.ts';
import { openDialog } from '../ui/dialogs-store.ts';
import { togglePart } from '../ui/layout-store.ts';
import type { ColourScheme } from '../ui/colour-scheme.ts';
import { setColourScheme } from '../ui/colour-scheme.ts';
import type { Command } from './command.ts';

const ZOOM_STEP = 1.25;

function schemeCommand(scheme: ColourScheme, label: string): Command {
  return { id: `theme-${scheme}`, label, group: 'View', keywords: 'dark light colour scheme', run: () => setColourScheme(scheme) };
}

export const VIEW_COMMANDS: readonly Command[] = [
  { id: 'fit-view', label: 'Fit everything', group: 'View', shortcuts: ['shift+1'], keywords: 'zoom', run: () => fitView() },
  {
    id: 'fit-selection',
    label: 'Fit selection',
    group: 'View',
    shortcuts: ['shift+2'],
    keywords: 'zoom',
    enabled: () => (documentStore.getState().selection.nodeIds.length > 0 ? true : 'Select an operator first'),
    run: () => fitView(documentStore.getState().selection.nodeIds),
  },
  { id: 'zoom-in', label: 'Zoom in', group: 'View', shortcuts: ['mod++', 'mod+='], run: () => zoomBy(ZOOM_STEP) },
  { id: 'zoom-out', label: 'Zoom out', group: 'View', shortcuts: ['mod+-'], run: () => zoomBy(1 / ZOOM_STEP) },
  { id: 'zoom-100', label: 'Zoom to 100 %', group: 'View', shortcuts: ['mod+0'], run: () => zoomTo(1) },
  {
    id: 'toggle-palette',
    label: 'Show or hide operators',
    group: 'View',
    shortcuts: ['mod+b'],
    keywords: 'palette pane left',
    run: () => togglePart('palette'),
  },
  {
    id: 'toggle-inspector',
    label: 'Show or hide the inspector',
    group: 'View',
    shortcuts: ['mod+i'],
    keywords: 'pane right',
    run: () => togglePart('inspector'),
  },
  {
    id: 'toggle-panel',
    label: 'Show or hide results',
    group: 'View',
    shortcuts: ['mod+j'],
    keywords: 'run panel bottom',
    run: () => togglePart('panel'),
  },
  {
    id: 'focus-canvas',
    label: 'Go to the canvas',
    group: 'View',
    shortcuts: ['f6'],
    inFields: true,
    keywords: 'keyboard focus',
    run: focusCanvas,
  },
  {
    id: 'toggle-outline',
    label: 'Show or hide the outline',
    group: 'View',
    shortcuts: ['shift+o'],
    keywords: 'list text',
    run: () => useCanvas.setState({ outlineOpen: !useCanvas.getState().outlineOpen }),
  },
  {
    id: 'toggle-minimap',
    label: 'Show or hide the overview',
    group: 'View',
    keywords: 'minimap',
    run: () => useCanvas.setState({ minimapOpen: !useCanvas.getState().minimapOpen }),
  },
  schemeCommand('light', 'Light theme'),
  schemeCommand('dark', 'Dark theme'),
  schemeCommand('auto', 'Theme of the system'),
];

export const HELP_COMMANDS: readonly Command[] = [
  { id: 'shortcuts', label: 'Keyboard shortcuts', group: 'Help', shortcuts: ['?'], run: () => openDialog('shortcuts') },
];
