import { defineConfig } from 'vitest/config';

/** The tests that need a real systemd and root: `npm run test:systemd`. They have no part in `npm test`. */
export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results/systemd.json' }]]
      : ['default'],
    include: ['test/systemd/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    // Each file has a systemd of its own, and a watchdog that is slow to be fed is a watchdog that kills.
    fileParallelism: false,
    setupFiles: ['test/support/assert-runtime.ts'],
  },
});
