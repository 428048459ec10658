import { expect, test } from 'vitest';
import { requireRuntime } from '../../../cli/require-runtime.ts';

test.each(['20.20.2', '22.18.0', '2.4.0', '240.0.0', '25.0.0'])('Node.js %s is refused', (version) => {
  expect(() => requireRuntime(version)).toThrow(
    expect.objectContaining({
      code: 'WRONG_RUNTIME',
      exitCode: 1,
      message: `vigil needs Node.js 24; this is v${version}`,
    }),
  );
});

test.each(['24.0.0', '24.21.0', process.versions.node])('Node.js %s is taken', (version) => {
  expect(() => requireRuntime(version)).not.toThrow();
});
