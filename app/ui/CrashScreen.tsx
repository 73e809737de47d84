import { Button } from '@mantine/core';
import { Component } from 'react';
import type { ReactNode } from 'react';

interface CrashScreenProps {
  readonly onExport: () => void;
  readonly children: ReactNode;
}

interface CrashScreenState {
  readonly error: Error | null;
}

/** When the studio itself fails: the document is safe, and can be taken along. */
export class CrashScreen extends Component<CrashScreenProps, CrashScreenState> {
  override state: CrashScreenState = { error: null };

  static getDerivedStateFromError(error: Error): CrashScreenState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="mr-crash" role="alert">
        <h1>The studio stopped working</h1>
        <p>Your pipeline is kept in this browser. Reload to go on; if it happens again, export the pipeline and report this:</p>
        <pre tabIndex={0}>{error.message}</pre>
        <div className="mr-empty-actions">
          <Button onClick={() => window.location.reload()}>Reload</Button>
          <Button variant="default" onClick={this.props.onExport}>
            Export the pipeline
          </Button>
        </div>
      </main>
    );
  }
}
