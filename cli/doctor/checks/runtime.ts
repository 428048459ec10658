import { SecretKey, verify } from '@chainsafe/blst';
import Database from 'better-sqlite3';
import manifest from '../../../package.json' with { type: 'json' };
import { fault, good, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Whether the runtime and the native modules are those that Vigil was tested with, and work. */
export const runtime: Check = {
  name: 'runtime',
  inspect: () => [
    node(process.versions.node, Object.values(manifest.optionalDependencies)),
    signing(),
    database(),
  ],
};

/** @param tested versions that come with Vigil, one for each platform */
export function node(running: string, tested: readonly string[]): Finding {
  if (tested.includes(running)) return good(`vigil ${manifest.version} on Node.js ${running}`);
  return warning(
    `vigil ${manifest.version} on Node.js ${running}; it was tested with ${tested.join(', ')}`,
    'Install with optional dependencies (npm ci), so that the pinned runtime comes along.',
  );
}

function signing(): Finding {
  const message = Buffer.alloc(32, 7);
  const key = SecretKey.fromKeygen(Buffer.alloc(32, 1));
  if (verify(message, key.toPublicKey(), key.sign(message))) return good('BLS signatures verify');
  return fault(
    'a BLS signature does not verify on this processor',
    'Do not sign here. Reinstall; test memory and processor.',
  );
}

function database(): Finding {
  const db = new Database(':memory:');
  try {
    const version = db.prepare('SELECT sqlite_version()').pluck().get() as string;
    return good(`SQLite ${version}`);
  } finally {
    db.close();
  }
}
