import type { LockedPackage } from '../locked-packages.ts';

/** The file `copyright`, readable by machines (DEP-5). Texts of licences are beside what they are of. */
export function copyrightText(packages: readonly LockedPackage[], root: string, year: number): string {
  const paragraphs = packages.map(({ path, license }) =>
    [
      `Files: ${root}/${path}/*`,
      'Copyright: its authors, who are named in its folder',
      `License: ${expressionOf(license)}`,
    ].join('\n'),
  );
  const names = new Set(packages.flatMap(({ license }) => expressionOf(license).split(/ (?:and|or) /)));
  names.delete('Apache-2.0');
  return `${[
    HEAD,
    `Files: *\nCopyright: ${year} the authors of Vigil\nLicense: Apache-2.0`,
    ...paragraphs,
    'License: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.',
    ...[...names].sort().map((name) => `License: ${name}\n ${whereabouts(name, root)}`),
  ].join('\n\n')}\n`;
}

const HEAD = [
  'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
  'Upstream-Name: Vigil',
].join('\n');

/** From SPDX to how DEP-5 writes expressions. */
const expressionOf = (license: string | null): string =>
  (license ?? 'see-its-folder')
    .replaceAll(/[()]/g, '')
    .replaceAll(' AND ', ' and ')
    .replaceAll(' OR ', ' or ');

function whereabouts(name: string, root: string): string {
  const common = /^(MPL-2\.0|GPL-3\.0)/.exec(name)?.[1]?.replace(/^GPL-3\.0/, 'GPL-3');
  return common === undefined
    ? `The text is in each folder of /${root}/node_modules that is under it.`
    : `On Debian systems the text is in /usr/share/common-licenses/${common}.`;
}
