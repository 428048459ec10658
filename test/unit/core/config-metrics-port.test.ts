import { expect, test } from 'vitest';
import { metricsPort } from '../../../core/config/metrics-port.ts';

test('the last port leaves none for the metrics', () => {
  const settings = { 'http-port': 65535, 'metrics-port': null };
  expect(() => metricsPort(settings)).toThrow('metrics-port must be given');
  expect(() => metricsPort(settings)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 2 }),
  );
});

test.each([
  [65535, 9001, 9001],
  [65534, null, 65535],
  [9000, null, 9001],
  [0, null, 0],
  [9000, 0, 0],
] as const)('http-port %s and metrics-port %s: %s', (http, named, port) => {
  expect(metricsPort({ 'http-port': http, 'metrics-port': named })).toBe(port);
});
