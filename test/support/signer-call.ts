import { databasePath } from '../../signer/data-directory.ts';
import { readHistory } from '../../slashing-db/index.ts';
import { JSON_HEADERS, send, type Answer } from './signer-client.ts';
import type { SignerFixture } from './signer-fixture.ts';

/** One call with the signer's own token, unless another is given. */
export function call(
  signer: SignerFixture,
  method: string,
  path: string,
  body?: unknown,
  authorization = `Bearer ${signer.token}`,
): Promise<Answer> {
  const headers = { ...JSON_HEADERS, authorization };
  return send(signer.url, path, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** Status and code of an answer that is no success. */
export const failure = ({ status, text }: Answer): { status: number; code: unknown } => ({
  status,
  code: (JSON.parse(text) as { code: unknown }).code,
});

/** What the history says of requests to sign, oldest first. The signer must be closed. */
export const signingHistory = ({ dataDir }: SignerFixture) =>
  readHistory(databasePath(dataDir), [], ({ records }) =>
    [...records()]
      .filter(({ verdict }) => verdict !== 'done')
      .map(({ pubkey, type, signingRoot, verdict, reason }) => ({
        pubkey,
        type,
        signingRoot,
        verdict,
        reason,
      })),
  );
