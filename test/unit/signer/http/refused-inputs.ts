import { expect, it } from 'vitest';
import { sign, json, type SignOptions } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixtureOptions } from '../../../support/signer-fixture.ts';

/** A request to sign that must come to nothing. Numbered as one kind of input; a kind has several spellings. */
export interface RefusedInput extends SignOptions {
  readonly kind: number;
  readonly name: string;
  readonly body: unknown;
  readonly status: number;
  readonly code: string;
  readonly options?: SignerFixtureOptions;
  /** Sent first, and signed. */
  readonly before?: readonly object[];
}

type Settings = Omit<RefusedInput, 'kind' | 'status' | 'code' | 'name' | 'body'>;

/** Inputs of one kind that only differ in their body. */
export function refused(
  kind: number,
  [status, code]: readonly [number, string],
  bodies: Readonly<Record<string, unknown>>,
  settings: Settings = {},
): RefusedInput[] {
  return Object.entries(bodies).map(([name, body]) => ({ ...settings, kind, status, code, name, body }));
}

/** Text that some inputs carry where no refusal needs to quote it. */
export const SECRET_NOTE = 'note-5d1f0c';

const SIGNATURE = /0x[0-9a-f]{192}/i;

/** Each input meets a signer of its own: right status and code, nothing signed, nothing told back, nothing written. */
export function itRefuses(inputs: readonly RefusedInput[]): void {
  it.each(inputs)('$kind: $name -> $status $code', async (input) => {
    const signer = await startSignerFixture(input.options);
    for (const body of input.before ?? []) expect((await sign(signer, body)).status).toBe(200);
    const before = await diskOf(signer);

    const answer = await sign(signer, input.body, input);

    expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
      status: input.status,
      code: input.code,
    });
    expect(answer.text).not.toMatch(SIGNATURE);
    expect(answer.text).not.toContain(SECRET_NOTE);
    expect(answer.text).not.toContain('ca'.repeat(32));
    expect(answer.text.length).toBeLessThan(1000);
    expect(await diskOf(signer)).toEqual(before);
  });
}
