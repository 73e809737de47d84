import { ActionIcon, Tooltip } from '@mantine/core';
import { ListTree, Map as MapIcon, Maximize, Network, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { Panel, useStore } from 'reactflow';
import { arrange, fitView, zoomBy, zoomTo } from '../commands/canvas-actions.ts';
import { useCanvas } from './canvas-store.ts';

/** Zoom, fit, arrange, overview and outline: what one does with the view itself. */
export function CanvasControls() {
  const zoom = useStore((state) => state.transform[2]);
  const outlineOpen = useCanvas((state) => state.outlineOpen);
  const minimapOpen = useCanvas((state) => state.minimapOpen);
  return (
    <Panel position="bottom-left" className="mr-controls" role="toolbar" aria-label="View">
      <Control label="Zoom out (Ctrl −)" icon={<ZoomOut size={16} />} onClick={() => zoomBy(1 / 1.25)} />
      <Tooltip label="Zoom to 100 % (Ctrl 0)" openDelay={400}>
        <button type="button" className="mr-zoom" aria-label={`Zoom ${Math.round(zoom * 100)} %, set to 100 %`} onClick={() => zoomTo(1)}>
          {Math.round(zoom * 100)} %
        </button>
      </Tooltip>
      <Control label="Zoom in (Ctrl +)" icon={<ZoomIn size={16} />} onClick={() => zoomBy(1.25)} />
      <Control label="Fit everything (Shift 1)" icon={<Maximize size={16} />} onClick={() => fitView()} />
      <Control label="Arrange (Shift L)" icon={<Network size={16} />} onClick={arrange} />
      <Control
        label="Overview"
        icon={<MapIcon size={16} />}
        pressed={minimapOpen}
        onClick={() => useCanvas.setState({ minimapOpen: !minimapOpen })}
      />
      <Control
        label="Outline (Shift O)"
        icon={<ListTree size={16} />}
        pressed={outlineOpen}
        onClick={() => useCanvas.setState({ outlineOpen: !outlineOpen })}
      />
    </Panel>
  );
}

interface ControlProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly pressed?: boolean;
}

function Control({ label, icon, onClick, pressed }: ControlProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon
        variant={pressed === true ? 'light' : 'subtle'}
        color="gray"
        aria-label={label.replace(/ \(.*/, '')}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
