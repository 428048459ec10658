import { afterEach, describe, expect, it } from 'vitest';
import { originOf } from '../../../../cli/keys-new/options.ts';

const streams = [process.stdin, process.stderr];
const before = streams.map((stream) => stream.isTTY);
afterEach(() => streams.forEach((stream, at) => (stream.isTTY = before[at]!)));

function terminals(stdin: boolean, stderr: boolean): void {
  process.stdin.isTTY = stdin;
  process.stderr.isTTY = stderr;
}

const options = { count: '1', kdf: 'scrypt' } as const;

describe('what keys are made of when nothing is said', () => {
  it('is a mnemonic where it can be shown', () => {
    terminals(true, true);
    expect(originOf(options)).toBe('new-mnemonic');
  });

  it('is nothing where somebody types and stderr goes into a file; random keys have to be named', () => {
    terminals(true, false);
    expect(() => originOf(options)).toThrow(expect.objectContaining({ code: 'TERMINAL_NEEDED' }) as Error);
    expect(originOf({ ...options, random: true })).toBe('random');
  });

  it('is nothing for scripts either: keys that no paper brings back have to be named', () => {
    terminals(false, false);
    expect(() => originOf(options)).toThrow(expect.objectContaining({ code: 'TERMINAL_NEEDED' }) as Error);
    expect(originOf({ ...options, random: true })).toBe('random');
    expect(originOf({ ...options, mnemonicOut: 'new' })).toBe('new-mnemonic');
  });
});
