/** Text for a manual page: nothing in it is taken for a request or an escape, and a hyphen stays a hyphen when copied. */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/^\./gm, '\\&.')
    .replaceAll(/[^ -~\n]/gu, (letter) => `\\[u${codePoint(letter)}]`);
}

const codePoint = (letter: string): string =>
  (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

export const bold = (text: string): string => `\\fB${roff(text)}\\fP`;
export const italic = (text: string): string => `\\fI${roff(text)}\\fP`;

/** Lines that are shown as they are. */
export const verbatim = (lines: readonly string[]): string =>
  ['.PP', '.RS 4', '.nf', ...lines.map((line) => roff(line)), '.fi', '.RE'].join('\n');

/** `vigil-keys-import(1)`, as other pages are named. */
export const pageName = (path: readonly string[]): string => path.join('-');
export const reference = (name: string, section: number): string => `${bold(name)}(${section})`;

/** The date of a page, so that the same sources give the same page. */
export interface PageAbout {
  readonly version: string;
  /** Year, month and day. */
  readonly date: string;
}

export const pageHead = (name: string, section: number, { version, date }: PageAbout): string =>
  `.TH "${roff(name.toUpperCase())}" ${section} "${date}" "vigil ${version}" "Vigil"\n.nh\n.ad l`;

export const section = (title: string, ...parts: readonly string[]): string =>
  [`.SH ${title.toUpperCase()}`, ...parts].join('\n');

/** Help texts are phrases; a page has sentences. A list of values stays as the values are written. */
export function sentence(text: string): string {
  const start = /^[\w-]+,/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase();
  return `${start}${text.slice(1)}${/[.)\]]$/.test(text) ? '' : '.'}`;
}

/** An entry of a list of terms; the term is roff already. */
export const item = (term: string, summary: string): string => `.TP\n${term}\n${roff(sentence(summary))}`;
