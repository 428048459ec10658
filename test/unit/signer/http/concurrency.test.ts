import { Agent } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { attestation } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

/** Real connections that stay open and are all busy at once. */
function connections(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  onTestFinished(() => agent.destroy());
  return agent;
}

const head = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;

it('34: signs exactly one of two thousand conflicting votes that come at once', async () => {
  const signer = await startSignerFixture();
  const agent = connections();
  const answers = await Promise.all(
    Array.from({ length: 2000 }, (_, n) =>
      sign(signer, attestation(53n, 54n, { head: head(n + 1) }), { agent }),
    ),
  );

  const signed = answers.filter(({ status }) => status === 200);
  expect(signed).toHaveLength(1);
  const refusals = answers.filter(({ status }) => status !== 200);
  expect(new Set(refusals.map((answer) => `${answer.status} ${json(answer)['code']}`))).toEqual(
    new Set(['412 DOUBLE_VOTE']),
  );
  const { tables } = await diskOf(signer);
  expect(tables['attestation_watermarks']).toMatchObject([{ source: 53n, target: 54n }]);
});

it('31: signs a thousand identical votes that come at once with one signature', async () => {
  const signer = await startSignerFixture();
  const agent = connections();
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () => sign(signer, attestation(53n, 54n), { agent })),
  );

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const { tables } = await diskOf(signer);
  expect(tables['attestation_watermarks']).toMatchObject([{ source: 53n, target: 54n }]);
});

it('34: signs exactly one for each key when the votes of many keys are mixed', async () => {
  const signer = await startSignerFixture({ keys: 10 });
  const agent = connections();
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, n) => {
      const identifier = signer.pubkeys[n % 10]!;
      const { status } = await sign(signer, attestation(53n, 54n, { head: head(n + 1) }), {
        identifier,
        agent,
      });
      return { identifier, status };
    }),
  );
  const winners = answers.filter(({ status }) => status === 200).map(({ identifier }) => identifier);
  expect(winners.sort()).toEqual([...signer.pubkeys].sort());
});
