import './styles/studio.css';
import { Splitter } from '@mantine/core';
import type { UseSplitterReturnValue } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import { Canvas } from './canvas/Canvas.tsx';
import { WindowDrop } from './commands/WindowDrop.tsx';
import { CommandPalette } from './commands/CommandPalette.tsx';
import { ShortcutList } from './commands/ShortcutList.tsx';
import { useShortcuts } from './commands/use-shortcuts.ts';
import { VersionHistory } from './commands/VersionHistory.tsx';
import { useDocument } from './document/document-store.ts';
import { GalleryDialog } from './gallery/GalleryDialog.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { Palette } from './palette/Palette.tsx';
import { RunPanel } from './run/RunPanel.tsx';
import { runStore } from './run/run-store.ts';
import { SessionNotices } from './SessionNotices.tsx';
import { TopBar } from './TopBar.tsx';
import { Announcer } from './ui/Announcer.tsx';
import { OVERLAYS_ID } from './ui/overlays.ts';
import { useLayout } from './ui/layout-store.ts';
import type { LayoutPart } from './ui/layout-store.ts';

/** Small screens start with narrower panes; after that they are the user's. */
const NARROW = window.innerWidth < 1200;

/** Everything on the screen: top bar, operators, canvas, inspector, run panel. */
export function Studio() {
  useShortcuts();
  useOneJobPerPipeline();
  const open = useLayout((state) => state.open);
  const columns = useRef<UseSplitterReturnValue | null>(null);
  const rows = useRef<UseSplitterReturnValue | null>(null);
  useCollapse(columns, 0, open.palette);
  useCollapse(columns, 2, open.inspector);
  useCollapse(rows, 1, open.panel);
  return (
    <div className="mr-studio">
      <TopBar />
      <SessionNotices />
      <main className="mr-main">
        <h1 className="mr-visually-hidden">Millrace</h1>
        <Splitter
          className="mr-columns"
          withHandle={false}
          lineSize={1}
          step="16px"
          shiftStep="64px"
          splitterRef={columns}
          onCollapseChange={(index, collapsed) => rememberCollapse(index === 0 ? 'palette' : 'inspector', collapsed)}
        >
          <Splitter.Pane
            defaultSize={NARROW ? '184px' : '216px'}
            min="170px"
            max="320px"
            collapsible
            component="aside"
            aria-label="Operators"
            inert={!open.palette}
          >
            <Palette onCollapse={() => useLayout.getState().setOpen('palette', false)} />
          </Splitter.Pane>
          <Splitter.Pane defaultSize={100} min="320px">
            <Splitter
              orientation="vertical"
              className="mr-rows"
              withHandle={false}
              lineSize={1}
              step="16px"
              shiftStep="64px"
              splitterRef={rows}
              onCollapseChange={(_index, collapsed) => rememberCollapse('panel', collapsed)}
            >
              <Splitter.Pane defaultSize={100} min="160px">
                <Canvas />
              </Splitter.Pane>
              <Splitter.Pane defaultSize="260px" min="120px" collapsible inert={!open.panel}>
                <RunPanel />
              </Splitter.Pane>
            </Splitter>
          </Splitter.Pane>
          <Splitter.Pane
            defaultSize={NARROW ? '292px' : '336px'}
            min="260px"
            max="640px"
            collapsible
            component="aside"
            aria-label="Inspector"
            inert={!open.inspector}
          >
            <Inspector />
          </Splitter.Pane>
        </Splitter>
        <div id={OVERLAYS_ID} />
      </main>
      <WindowDrop />
      <CommandPalette />
      <ShortcutList />
      <VersionHistory />
      <GalleryDialog />
      <Announcer />
    </div>
  );
}

function rememberCollapse(part: LayoutPart, collapsed: boolean): void {
  useLayout.getState().setOpen(part, !collapsed);
}

/** Another pipeline was opened: the job of the one before and its results belong to nothing on the screen. This one starts when it is told to. */
function useOneJobPerPipeline(): void {
  const documentId = useDocument((state) => state.document.id);
  useEffect(() => {
    const { startedDocument, forget } = runStore.getState();
    if (startedDocument !== null && startedDocument.id !== documentId) void forget();
  }, [documentId]);
}

/** The layout store leads, the splitter follows; dragging a pane shut leads the other way round. */
function useCollapse(splitter: RefObject<UseSplitterReturnValue | null>, index: number, open: boolean): void {
  useEffect(() => {
    const { current } = splitter;
    if (current === null || current.collapsed[index] === !open) return;
    if (open) current.expand(index);
    else current.collapse(index);
  }, [splitter, index, open]);
}
