import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { PolicyStore } from '../../../../signer/policy/policy-store.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
}

function storeOf(text: string) {
  const path = join(tempDirectory(), 'policy.yaml');
  const write = (content: string) => writeFileSync(path, content);
  write(text);
  const lines: LogLine[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as LogLine) });
  return { path, write, lines, store: new PolicyStore({ file: path, allow: [] }, log) };
}

it('takes a changed file over when it is told to, and not before', () => {
  const { write, store } = storeOf('allow: [DEPOSIT]');
  write('allow: [VOLUNTARY_EXIT]');
  expect([...store.current.general.allow]).toEqual(['DEPOSIT']);
  store.reload();
  expect([...store.current.general.allow]).toEqual(['VOLUNTARY_EXIT']);
});

it.each([
  ['broken', 'allow: [VOLUNTARY_EXIT]\ngas-limit: nonsense'],
  ['missing', null],
])('keeps the old policy whole when the file is %s, and says so', (_, text) => {
  const { path, write, lines, store } = storeOf('allow: [DEPOSIT]');
  const before = store.current;
  if (text === null) rmSync(path);
  else write(text);
  store.reload();
  expect(store.current).toBe(before);
  expect(lines).toMatchObject([{ level: 50, code: 'POLICY_FILE_INVALID' }]);
  expect(lines[0]!.msg).toContain(path);
  write('allow: []');
  store.reload();
  expect(store.current.general.allow.size).toBe(0);
});

it('does not start with a broken file', () => {
  expect(() => storeOf('allow: nonsense')).toThrow(
    expect.objectContaining({ code: 'POLICY_FILE_INVALID' }) as Error,
  );
});

it('without a file has nothing to read again', () => {
  const store = new PolicyStore({ file: null, allow: ['DEPOSIT'] }, pino({ level: 'silent' }));
  const before = store.current;
  store.reload();
  expect(store.current).toBe(before);
  expect([...before.general.allow]).toEqual(['DEPOSIT']);
});
