import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { unpack } from './support/unpacked.ts';

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly 'name': string;
    readonly 'version': string;
    readonly 'purl'?: string;
    readonly 'cpe'?: string;
    readonly 'hashes'?: readonly { readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const read = (text: string): Bom => JSON.parse(text) as Bom;
const { npm, deb } = inject('packages');
const packages = (bom: Bom) =>
  new Map(
    bom.components.flatMap((one) => (one.purl === undefined ? [] : [[one.purl, one.hashes?.[0]?.content]])),
  );

/** npm's own: another program that reads the same lock file. */
function npmsOwn(folder: string): Bom {
  const argv = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  return read(
    execFileSync('npm', argv, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

test('the SBOM of the tarball names what npm names, with the same hashes and dependencies', () => {
  const folder = unpack(npm);
  const ours = read(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'));
  expect(ours).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  const theirs = npmsOwn(folder);
  expect(packages(ours)).toEqual(packages(theirs));
  expect(ours.components.length).toBeGreaterThan(100);

  const edges = (bom: Bom) => {
    const names = new Map(bom.components.map((one) => [one['bom-ref'], `${one.name}@${one.version}`]));
    return new Map(
      bom.dependencies
        .filter(({ ref }) => names.has(ref))
        .map(({ ref, dependsOn = [] }) => [
          names.get(ref),
          dependsOn
            .map((one) => names.get(one))
            .filter((name) => !/^(node|sqlite)@/.test(name ?? ''))
            .sort(),
        ]),
    );
  };
  const own = edges(ours);
  for (const [name, needs] of edges(theirs)) expect([name, own.get(name)]).toEqual([name, needs]);
});

test('the SBOM of the package names what is in it, and nothing of other platforms', () => {
  const root = unpack(deb);
  const bom = read(readFileSync(join(root, 'usr/share/doc/vigil/sbom.cdx.json'), 'utf8'));
  const names = bom.components.map(({ name }) => name);
  expect(names).toContain(`node-linux-${process.arch}`);
  expect(names.filter((name) => /darwin|win32|musl|win-x64/.test(name))).toEqual([]);
  for (const name of names.filter((one) => !['node', 'sqlite'].includes(one)))
    expect(existsSync(join(root, 'usr/lib/vigil/node_modules', name)), name).toBe(true);
  const cpe = bom.components.flatMap((one) => (one.cpe === undefined ? [] : [one.cpe]));
  expect(cpe).toEqual([
    `cpe:2.3:a:nodejs:node.js:${process.versions.node}:*:*:*:lts:*:*:*`,
    expect.stringMatching(/^cpe:2\.3:a:sqlite:sqlite:3\.[0-9.]+:/),
  ]);
});

test('its serial number is that of its contents', () => {
  const folder = unpack(npm);
  const bom = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8')) as Record<string, unknown>;
  const { metadata, components, dependencies } = bom;
  const body = { metadata, components, dependencies };
  const hex = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  expect(bom['serialNumber']).toContain(hex.slice(20, 32));
});
