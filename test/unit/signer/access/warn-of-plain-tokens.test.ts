import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { ClientAuth } from '../../../../core/config/tls-settings.ts';
import { warnOfPlainTokens } from '../../../../signer/access/warn-of-plain-tokens.ts';

interface Case {
  readonly httpHost: string;
  readonly adminHost?: string;
  readonly accessFile?: true;
  readonly tls?: ClientAuth;
}

/** The codes of the warnings that an operator gets. */
function warnings({ httpHost, adminHost, accessFile, tls }: Case): string[] {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  warnOfPlainTokens({
    httpHost,
    admin: adminHost === undefined ? null : { host: adminHost },
    frontDoor: {
      accessFile: accessFile === true ? 'access.yaml' : null,
      tls: tls === undefined ? null : { cert: 'c', key: 'k', clientCa: null, clientAuth: tls },
      rateLimit: null,
    },
    log,
  });
  return lines.map((line) => (JSON.parse(line) as { code: string }).code);
}

const OPEN = '0.0.0.0';
const HOME = '127.0.0.1';

it.each<[Case, string[]]>([
  [{ httpHost: HOME }, []],
  [{ httpHost: 'localhost', adminHost: '::1', accessFile: true }, []],
  [{ httpHost: OPEN }, ['ANYBODY_MAY_SIGN', 'TOKENS_IN_CLEAR']],
  [{ httpHost: '10.0.0.1', tls: 'none' }, ['ANYBODY_MAY_SIGN']],
  [{ httpHost: OPEN, tls: 'optional' }, ['ANYBODY_MAY_SIGN']],
  [{ httpHost: OPEN, tls: 'required' }, []],
  [{ httpHost: OPEN, accessFile: true }, ['TOKENS_IN_CLEAR']],
  [{ httpHost: OPEN, accessFile: true, tls: 'none' }, []],
  // The owner's token is asked for on the other port only.
  [{ httpHost: OPEN, adminHost: HOME }, ['ANYBODY_MAY_SIGN']],
  [{ httpHost: HOME, adminHost: OPEN }, ['TOKENS_IN_CLEAR']],
])('%j warns of %j', (listeners, codes) => {
  expect(warnings(listeners)).toEqual(codes);
});
