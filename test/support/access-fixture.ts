import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDirectory } from './temp-guard.ts';

/** A token of a client as an operator would make it, and the digest that stands for it in the access file. */
export const tokenOf = (client: string): string =>
  createHash('sha256').update(`token of ${client}`).digest('hex');
export const digestOf = (client: string): string =>
  createHash('sha256').update(tokenOf(client)).digest('hex');

export const bearer = (client: string) => ({ authorization: `Bearer ${tokenOf(client)}` });

/** Clients known by their tokens, and rules as flow YAML, in order. */
export function accessFileText(clients: readonly string[], rules: readonly string[]): string {
  const entries = clients.map((name) => `  - name: ${name}\n    token-sha256: ${digestOf(name)}\n`);
  return `clients:\n${entries.join('')}rules:${rules.length === 0 ? ' []' : ''}\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
}

/** An access file in a folder of the running test. */
export function writeAccessFile(text: string, mode = 0o644): string {
  const path = join(tempDirectory(), 'access.yaml');
  writeFileSync(path, text, { mode });
  return path;
}
