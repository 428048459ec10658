import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../support/interchange-text.ts';
import { block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { exportOf, verdict } from '../../../support/temp-guard.ts';
import { guardWithHistory } from './guard-with-history.ts';
import { REFUSED_FILES } from './refused-files.ts';

describe('a file that is refused', () => {
  it.each(REFUSED_FILES)('%s', async (_what, text, code, jsonPath) => {
    const { guard, path, clock } = await guardWithHistory();
    const before = exportOf(guard);
    const refusal: unknown = await guard.importInterchange(streamOf(text)).then(
      () => 'imported',
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code });
    expect((refusal as Error).message).toContain(jsonPath);
    expect(exportOf(guard)).toBe(before);
    expect(await verdict(guard, KEY_A, block(4))).toBe('released');
    await guard.close();
    const again = await openAnyTestGuard(path, { clock });
    expect(exportOf(again)).toBe(before.replace('"slot":"3"', '"slot":"4"'));
  });
});
