import { defineConfig } from 'vitest/config';

/** Not part of `npm test`, which needs nothing but git and Node: these want Prometheus and the Alertmanager. */
export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results/alerts.json' }]]
      : ['default'],
    include: ['test/alerts/**/*.test.ts'],
    testTimeout: 60_000,
    globalSetup: ['test/support/build-dist.ts'],
    setupFiles: ['test/support/assert-runtime.ts'],
  },
});
