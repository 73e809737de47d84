import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { Command as CommandIcon, Moon, PanelBottom, PanelLeft, PanelRight, Redo2, Sun, SunMoon, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { spotlight } from '@mantine/spotlight';
import { commandOf } from './commands/all-commands.ts';
import { MainMenu } from './commands/MainMenu.tsx';
import { runCommand } from './commands/run-command.ts';
import { useDocument } from './document/document-store.ts';
import { PipelineName } from './PipelineName.tsx';
import { RunControls } from './run/RunControls.tsx';
import { Logo } from './ui/Logo.tsx';
import { togglePart, useLayout } from './ui/layout-store.ts';
import type { LayoutPart } from './ui/layout-store.ts';

export function TopBar() {
  return (
    <header className="mr-topbar">
      <div className="mr-topbar-start">
        <Logo />
        <MainMenu />
        <UndoRedo />
        <PipelineName />
      </div>
      <div className="mr-topbar-run">
        <RunControls />
      </div>
      <div className="mr-topbar-end">
        <PartToggle part="palette" label="Operators" keys="Ctrl B" icon={<PanelLeft size={16} />} />
        <PartToggle part="panel" label="Results" keys="Ctrl J" icon={<PanelBottom size={16} />} />
        <PartToggle part="inspector" label="Inspector" keys="Ctrl I" icon={<PanelRight size={16} />} />
        <Tooltip label="Commands (Ctrl K)" openDelay={400}>
          <ActionIcon variant="subtle" color="gray" aria-label="Commands" onClick={() => spotlight.open()}>
            <CommandIcon size={16} />
          </ActionIcon>
        </Tooltip>
        <ThemeMenu />
      </div>
    </header>
  );
}

function UndoRedo() {
  const undoLabel = useDocument((state) => state.undoLabel);
  const redoLabel = useDocument((state) => state.redoLabel);
  return (
    <div className="mr-topbar-group">
      <BarButton
        label="Undo"
        tooltip={undoLabel === null ? 'Nothing to undo' : `Undo ${lowerFirst(undoLabel)} (Ctrl Z)`}
        disabled={undoLabel === null}
        icon={<Undo2 size={16} />}
        onClick={() => runCommand(commandOf('undo'))}
      />
      <BarButton
        label="Redo"
        tooltip={redoLabel === null ? 'Nothing to redo' : `Redo ${lowerFirst(redoLabel)} (Ctrl Shift Z)`}
        disabled={redoLabel === null}
        icon={<Redo2 size={16} />}
        onClick={() => runCommand(commandOf('redo'))}
      />
    </div>
  );
}

interface BarButtonProps {
  readonly label: string;
  readonly tooltip: string;
  readonly disabled: boolean;
  readonly icon: ReactNode;
  readonly onClick: () => void;
}

function BarButton({ label, tooltip, disabled, icon, onClick }: BarButtonProps) {
  return (
    <Tooltip label={tooltip} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        aria-disabled={disabled}
        {...(disabled ? { 'data-disabled': true } : {})}
        {...(disabled ? {} : { onClick })}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

interface PartToggleProps {
  readonly part: LayoutPart;
  readonly label: string;
  readonly keys: string;
  readonly icon: ReactNode;
}

function PartToggle({ part, label, keys, icon }: PartToggleProps) {
  const open = useLayout((state) => state.open[part]);
  return (
    <Tooltip label={`${open ? 'Hide' : 'Show'} ${label.toLowerCase()} (${keys})`} openDelay={400}>
      <ActionIcon variant="subtle" color={open ? 'indigo' : 'gray'} aria-label={label} aria-pressed={open} onClick={() => togglePart(part)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function ThemeMenu() {
  return (
    <Menu position="bottom-end" width={190} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Theme">
          <SunMoon size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Sun size={14} />} onClick={() => runCommand(commandOf('theme-light'))}>
          Light
        </Menu.Item>
        <Menu.Item leftSection={<Moon size={14} />} onClick={() => runCommand(commandOf('theme-dark'))}>
          Dark
        </Menu.Item>
        <Menu.Item leftSection={<SunMoon size={14} />} onClick={() => runCommand(commandOf('theme-auto'))}>
          As the system
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
