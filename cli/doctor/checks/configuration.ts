import { statSync } from 'node:fs';
import { signerDoors } from '../../../monitor/foreign/index.ts';
import { checkWatchList, watchListOptions } from '../../../monitor/watched/index.ts';
import { checkFrontDoor } from '../../../signer/access/front-door.ts';
import { readSourcesFile } from '../../../signer/sources/sources-file.ts';
import { loadPolicy } from '../../../signer/policy/policy-store.ts';
import { faultOf } from '../examine.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import { frontDoorOptions } from '../../options/front-door-options.ts';
import type { Check, Patient } from '../patient.ts';

const SOON_DAYS = 14;

/** Whether signer and monitor would start with this configuration, and whom it lets in. */
export const configuration: Check = {
  name: 'configuration',
  inspect: async (patient) => [
    ...file(patient),
    network(patient),
    ...(await files(patient)),
    ...(await doors(patient)),
  ],
};

function file({ configFile }: Patient): Finding[] {
  if (configFile === null) return [note('no configuration file: defaults, flags and environment')];
  const { mode } = statSync(configFile);
  if ((mode & 0o022) === 0) return [good(`${configFile} can be read`)];
  return [
    fault(
      `others may write to ${configFile}: whoever does decides what is signed`,
      `chmod go-w ${configFile}`,
    ),
  ];
}

function network({ spec, networkError }: Patient): Finding {
  if (spec !== null) return good(`network ${spec.name}, ${spec.genesisValidatorsRoot}`);
  return faultOf(networkError);
}

async function files({ settings }: Patient): Promise<Finding[]> {
  const keySources = settings['key-sources'];
  const readings: readonly (readonly [string, () => unknown])[] = [
    ['policy', () => loadPolicy({ file: settings['policy-file'], allow: settings.allow })],
    ['watch list', () => checkWatchList(watchListOptions(settings))],
    ['signers of the monitor', () => signerDoors(settings)],
    ['key sources', () => (keySources === null ? null : readSourcesFile(keySources))],
  ];
  const findings: Finding[] = [];
  for (const [what, read] of readings) {
    try {
      await read();
    } catch (error) {
      const { found, mend } = faultOf(error);
      findings.push(fault(`${what}: ${found}`, mend ?? ''));
    }
  }
  return findings.length === 0
    ? [good('policy, watch list, signer URLs and key sources can be read')]
    : findings;
}

/** @returns of access and TLS, and of what can be reached from elsewhere without them */
async function doors({ settings, nowMs }: Patient): Promise<Finding[]> {
  const { frontDoor } = frontDoorOptions(settings);
  const { policy, tls } = await checkFrontDoor(frontDoor);
  const host = settings['http-host'];
  const findings: Finding[] = [];
  if (policy === null && !isLoopback(host)) {
    findings.push(
      fault(
        `whoever reaches ${host}:${settings['http-port']} may sign with every key`,
        'Give clients credentials with an access file (docs/access.md), or listen on 127.0.0.1.',
      ),
    );
  }
  if (tls === null && !isLoopback(host)) {
    findings.push(
      warning(
        `${host} is reached without TLS`,
        'Give tls-cert and tls-key, or put a private network around it.',
      ),
    );
  }
  if (tls !== null) findings.push(certificate(tls.expiry, nowMs()));
  if (findings.length === 0) findings.push(good(`the signing API listens on ${host}`));
  return findings;
}

/** @param expiry Unix time in seconds */
export function certificate(expiry: number, nowMs: number): Finding {
  const days = (expiry * 1000 - nowMs) / 86_400_000;
  const until = new Date(expiry * 1000).toISOString();
  if (days < 0) {
    return fault(`the TLS certificate expired on ${until}`, 'Renew it; it is read again without a restart.');
  }
  if (days < SOON_DAYS) return warning(`the TLS certificate expires on ${until}`, 'Renew it now.');
  return good(`the TLS certificate is valid until ${until}`);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
