import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './tools/content-security-policy.ts';

// Cross-origin isolation: SharedArrayBuffer (credits, the "who is running" word) and precise timers need it.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export default defineConfig({
  plugins: [react(), contentSecurityPolicy()],
  worker: {
    format: 'es',
    // The name decides which policy a worker gets: keep it readable.
    rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].js', chunkFileNames: 'assets/[name]-[hash].js' } },
  },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 4000 },
  server: { host: '127.0.0.1', headers: isolation },
  preview: { host: '127.0.0.1', headers: isolation },
});
