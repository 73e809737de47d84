import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['engine/**/*.test.ts', 'app/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
    setupFiles: ['tools/property-seed.ts', 'engine/testing/poison-returned-memory.ts'],
    environment: 'node',
  },
});
