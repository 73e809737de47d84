import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Component } from 'react';

interface ErrorBoundaryProps {
  /** What failed, as a person would call it: "The inspector". */
  readonly name: string;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: Error | null;
}

/** Keeps a failure of one part of the studio from taking the others with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: Error): ErrorBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" style={{ padding: 14, lineHeight: 1.5 }}>
        <p style={{ marginTop: 0 }}>
          {this.props.name} failed ({error.message}). Your pipeline is untouched.
        </p>
        <Button variant="default" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </div>
    );
  }
}
