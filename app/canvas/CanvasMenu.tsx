import { Menu } from '@mantine/core';
import { createPortal } from 'react-dom';
import { commandsFor } from '../commands/canvas-menu.ts';
import { CommandItems } from '../commands/CommandItems.tsx';
import { overlays } from '../ui/overlays.ts';
import { useCanvas } from './canvas-store.ts';

/** What can be done with what was clicked, and only that. */
export function CanvasMenu() {
  const menu = useCanvas((state) => state.menu);
  const close = () => useCanvas.setState({ menu: null });
  if (menu === null) return null;
  return createPortal(
    <Menu opened onClose={close} position="bottom-start" offset={2} withinPortal width={248} shadow="md" trapFocus returnFocus>
      <Menu.Target>
        <button type="button" tabIndex={-1} aria-label="Actions" className="mr-anchor" style={{ left: menu.at.x, top: menu.at.y }} />
      </Menu.Target>
      <Menu.Dropdown aria-label="Actions">
        <CommandItems commands={commandsFor(menu.target)} />
      </Menu.Dropdown>
    </Menu>,
    overlays(),
  );
}
