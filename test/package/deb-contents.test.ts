import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { fileList } from '../../packaging/file-list.ts';
import { DEPENDS } from '../../packaging/deb/about.ts';
import { expectedBuild } from '../../packaging/program-files.ts';
import { makePackage } from './support/build-packages.ts';
import { checkedInList, compiled, temporary, treeOf, unpack, whereMade } from './support/unpacked.ts';

const FILE = inject('packages').deb;
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

test('the package holds what packaging/files/deb.txt says, what the sources compile to, and sums of all of it', () => {
  const root = unpack(FILE);
  const control = readFileSync(join(root, 'DEBIAN/md5sums'), 'utf8');
  execFileSync('md5sum', ['--check', '--quiet', '--strict', 'DEBIAN/md5sums'], { cwd: root });
  const tree = treeOf(root);
  for (const path of [...tree.keys()].filter((one) => one.startsWith('DEBIAN/'))) tree.delete(path);
  expect(fileList(tree)).toBe(checkedInList('deb'));
  expect(compiled(tree)).toEqual([...expectedBuild(), 'dist/package.json'].sort());
  expect(whereMade(tree)).toEqual([]);
  const summed = control.split('\n').map((line) => line.slice(34));
  const unsummed = [...tree]
    .filter(([path, { kind }]) => kind !== 'link' && !summed.includes(path))
    .map(([path]) => path);
  expect(unsummed.sort()).toEqual(['etc/vigil/monitor.yaml', 'etc/vigil/signer.yaml']);
  expect(readFileSync(join(root, 'DEBIAN/conffiles'), 'utf8')).toBe(
    '/etc/vigil/monitor.yaml\n/etc/vigil/signer.yaml\n',
  );
});

test('everything in it is of root, and nobody else may write to it', () => {
  const listed = execFileSync('dpkg-deb', ['--contents', FILE], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(listed.length).toBeGreaterThan(1000);
  const odd = listed.filter((line) => !/^([d-]rw[-x]r-[-x]r-[-x]|lrwxrwxrwx) root\/root /.test(line));
  expect(odd).toEqual([]);
});

test('the same sources make the same package, whoever makes it wherever', () => {
  const env = { ...process.env, TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', HOME: temporary() };
  const umask = process.umask(0o077);
  try {
    expect(readFileSync(makePackage('deb', temporary(), env)).equals(readFileSync(FILE))).toBe(true);
  } finally {
    process.umask(umask);
  }
});

test('it depends on the packages whose libraries its programs load, and on no others of them', () => {
  const root = unpack(FILE);
  const programs = [...treeOf(root).keys()].filter((path) => /\.node$|bin\/node$/.test(path));
  expect(programs.length).toBeGreaterThan(3);
  const owners = new Set<string>();
  for (const program of programs) {
    const loaded = execFileSync('ldd', [join(root, program)], { encoding: 'utf8' });
    expect(loaded).not.toContain('not found');
    for (const [, library = ''] of loaded.matchAll(/=> (\/\S+)/g)) {
      const { stdout } = spawnSync('dpkg', ['--search', library, `/usr${library}`], { encoding: 'utf8' });
      owners.add(stdout.split(':', 1)[0] ?? library);
    }
  }
  const wanted = DEPENDS.map((one) => one.split(' ', 1)[0]);
  expect([...owners].sort()).toEqual(['libc6', 'libgcc-s1', 'libstdc++6']);
  expect(wanted).toEqual(expect.arrayContaining([...owners]));
});

test('no newer version of a library is needed than it asks for', () => {
  const root = unpack(FILE);
  const programs = [...treeOf(root).keys()].filter((path) => /\.node$|bin\/node$/.test(path));
  const symbols = programs.flatMap((path) =>
    [...readFileSync(join(root, path), 'latin1').matchAll(/\0(GLIBC|GLIBCXX)_([0-9.]+)(?=\0)/g)].map(
      ([, library = '', version = '']) => [library, version] as const,
    ),
  );
  const newest = (name: string) =>
    symbols
      .filter(([library]) => library === name)
      .map(([, version]) => version)
      .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
      .at(-1);
  expect(DEPENDS).toContain(`libc6 (>= ${newest('GLIBC')})`);
  // GCC 11 brought it.
  expect(newest('GLIBCXX')).toBe('3.4.29');
  expect(DEPENDS).toContain('libstdc++6 (>= 11)');
});

test('groff reads every manual page without a warning', () => {
  const root = unpack(FILE);
  const pages = ['man1', 'man5'].flatMap((folder) =>
    readdirSync(join(root, 'usr/share/man', folder)).map((name) => join(root, 'usr/share/man', folder, name)),
  );
  expect(pages.length).toBeGreaterThan(50);
  for (const page of pages) {
    const text = execFileSync('gzip', ['--decompress', '--stdout', page]);
    const { stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], {
      input: text,
      encoding: 'utf8',
    });
    expect([page, status, stderr]).toEqual([page, 0, '']);
  }
});

test.skipIf(!has('lintian'))('lintian has nothing to say against it', { timeout: 900_000 }, () => {
  // Only the package of the tests is not compressed.
  const suppressed = ['control', 'data'].map((name) => `uses-no-compression-for-${name}-tarball`).join();
  const argv = ['--allow-root', '--suppress-tags', suppressed, '--fail-on', 'error,warning', FILE];
  const { status, stdout } = spawnSync('lintian', argv, { encoding: 'utf8' });
  expect(stdout.trimEnd()).toBe('');
  expect(status).toBe(0);
});

test('the links in it lead somewhere', () => {
  const root = unpack(FILE);
  for (const [path, entry] of treeOf(root))
    if (entry.kind === 'link') expect(existsSync(join(root, path)), path).toBe(true);
});
