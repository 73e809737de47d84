import { Modal } from '@mantine/core';
import { Suspense, lazy } from 'react';
import { closeDialog, useDialogs } from '../ui/dialogs-store.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import './gallery.css';

const Gallery = lazy(async () => ({ default: (await import('./Gallery.tsx')).Gallery }));

/** The worked examples, loaded when they are asked for. */
export function GalleryDialog() {
  const open = useDialogs((state) => state.open === 'examples');
  return (
    <Modal opened={open} onClose={closeDialog} title="Examples" size={1000} centered classNames={{ body: 'mr-gallery-body' }}>
      <ErrorBoundary name="The list of examples">
        <Suspense fallback={<p role="status">Loading the examples…</p>}>
          <Gallery />
        </Suspense>
      </ErrorBoundary>
    </Modal>
  );
}
