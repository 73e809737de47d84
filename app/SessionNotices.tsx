import { Button } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { exportDocument } from './commands/file-commands.ts';
import { useSession } from './document/session.ts';
import { downloadText } from './ui/files.ts';

/** What stands between a person and their work being safe. Bars, not toasts: they stay until it is over. */
export function SessionNotices() {
  const { savingTrouble, openElsewhere, damaged } = useSession();
  const [dismissed, setDismissed] = useState(false);
  return (
    <>
      {savingTrouble !== null && (
        <Notice tone="error">
          <span>This browser cannot keep your pipeline ({savingTrouble}). Export it so that nothing is lost.</span>
          <Button onClick={exportDocument}>Export as file</Button>
        </Notice>
      )}
      {damaged !== null && (
        <Notice tone="error">
          <span>The pipeline you worked on last could not be read: {damaged.reason}</span>
          <Button onClick={() => downloadText('damaged-pipeline.json', damaged.text, 'application/json')}>Download what was stored</Button>
          <Button variant="default" onClick={() => useSession.setState({ damaged: null })}>
            Dismiss
          </Button>
        </Notice>
      )}
      {openElsewhere && !dismissed && (
        <Notice tone="warning">
          <span>This pipeline is also open in another tab. Edit it in one of them only: the later edit overwrites the other.</span>
          <Button variant="default" onClick={() => setDismissed(true)}>
            Dismiss
          </Button>
        </Notice>
      )}
    </>
  );
}

function Notice({ tone, children }: { readonly tone: 'error' | 'warning'; readonly children: ReactNode }) {
  return (
    <div role="alert" className="mr-notice" data-tone={tone}>
      <CircleAlert size={15} aria-hidden="true" />
      {children}
    </div>
  );
}
