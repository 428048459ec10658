import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { folderFor, toolFolder, TOOLS } from './tool-folders.ts';

vi.setConfig({ testTimeout: 120_000 });

it('a daemon signs with the keys of every tool at once', async () => {
  const root = folderFor();
  const pubkeys: Pubkey[] = [];
  let yaml = 'sources:\n';
  for (const [name, tool] of Object.entries(TOOLS)) {
    const { folder, places } = await toolFolder(tool);
    cpSync(folder, join(root, name), { recursive: true });
    yaml += `${tool.yaml.replaceAll(/(path|passwords|password-file): /g, `$1: ${name}/`)}\n`;
    pubkeys.push(...places.map(({ pubkey }) => pubkey));
  }
  writeFileSync(join(root, 'sources.yaml'), yaml);
  const signer = await startDaemon(join(root, 'data'), { keySources: join(root, 'sources.yaml') });
  const url = `http://127.0.0.1:${signer.ports.http}`;
  const statuses = await Promise.all(
    pubkeys.map(async (pubkey) => (await sign({ url, pubkey }, randaoReveal(55n))).status),
  );
  expect(statuses).toEqual(pubkeys.map(() => 200));
  expect(pubkeys).toHaveLength(15);
  expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
});
