import type { Connect, Plugin } from 'vite';

/**
 * The page and the coordinator never evaluate text as code. Monaco and Mantine set inline styles; the TypeScript worker of the editor
 * starts from a file of ours.
 */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Task workers compile user functions, so they alone may evaluate text; they may load our own chunks (operators) and nothing else: no
 * connection anywhere, no foreign script, no nested worker.
 */
export const TASK_WORKER_POLICY = ["default-src 'none'", "script-src 'self' 'unsafe-eval'", "connect-src 'none'", "worker-src 'none'"].join(
  '; ',
);

const TASK_WORKER = /\/task\.worker[-.]/;

/** Serves both policies with the built application. A static host needs the same headers: see `public/_headers`. */
export function contentSecurityPolicy(): Plugin {
  const policy: Connect.NextHandleFunction = (request, response, next) => {
    const isTaskWorker = TASK_WORKER.test(request.url ?? '');
    response.setHeader('Content-Security-Policy', isTaskWorker ? TASK_WORKER_POLICY : PAGE_POLICY);
    next();
  };
  return {
    name: 'millrace:content-security-policy',
    configurePreviewServer: (server) => {
      server.middlewares.use(policy);
    },
  };
}
