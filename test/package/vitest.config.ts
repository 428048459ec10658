import { defineConfig } from 'vitest/config';

/** `npm run test:package`: builds the packages and installs them, as root on Debian. No part of `npm test`. */
export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results/package.json' }]]
      : ['default'],
    include: ['test/package/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    globalSetup: ['test/package/support/build-packages.ts'],
    setupFiles: ['test/support/assert-runtime.ts'],
  },
});
