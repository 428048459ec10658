import { describe, expect, it } from 'vitest';
import { KEY_ERRORS, keyError } from '../../../../signer/key-errors.ts';

describe('the catalogue of key errors', () => {
  it.each(Object.entries(KEY_ERRORS))('%s says what happened and what to do', (code, { summary, hint }) => {
    const error = keyError(code as keyof typeof KEY_ERRORS);
    expect(error).toMatchObject({ code, message: summary, hint });
    expect(summary).toMatch(/^[a-z].*[^.]$/);
    expect(hint).toMatch(/^[A-Z].*\.$/);
  });
});
