import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { exportDocument } from './commands/file-commands.ts';
import { startSession } from './document/session.ts';
import { firstPipeline } from './gallery/first-pipeline.ts';
import { runStore } from './run/run-store.ts';
import { Studio } from './Studio.tsx';
import { CrashScreen } from './ui/CrashScreen.tsx';
import { colourSchemeManager, provideColourSchemeSetter } from './ui/colour-scheme.ts';
import { theme } from './ui/theme.ts';

function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colourSchemeManager}>
      <ColourSchemeAccess />
      <Notifications position="bottom-right" limit={4} zIndex={350} />
      <CrashScreen onExport={exportDocument}>
        <Studio />
      </CrashScreen>
    </MantineProvider>
  );
}

/** Lets commands set the theme. */
function ColourSchemeAccess() {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    provideColourSchemeSetter(setColorScheme);
    return () => provideColourSchemeSetter(null);
  }, [setColorScheme]);
  return null;
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root to draw the studio into.');

const firstStart = await startSession(() => firstPipeline(crypto.randomUUID()));
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
// A still canvas teaches nothing: a new visitor sees records move.
if (firstStart) void runStore.getState().start();
