import { SecretKey, verify } from '@chainsafe/blst';
import Database from 'better-sqlite3';
import manifest from '../../../package.json' with { type: 'json' };
import { fault, good, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Whether the runtime and the native modules are those that Vigil was tested with, and work. */
export const runtime: Check = {
  name: 'runtime',
  inspect: () => [node(process.versions.node, pinnedVersion()), signing(), database()],
};

/** The Node.js that comes with Vigil. */
function pinnedVersion(): string {
  const [version = ''] = Object.values(manifest.optionalDependencies);
  return version;
}

export function node(running: string, pinned: string): Finding {
  if (running === pinned) return good(`vigil ${manifest.version} on Node.js ${running}`);
  return warning(
    `vigil ${manifest.version} on Node.js ${running}; it was tested with ${pinned}`,
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
