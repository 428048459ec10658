const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

/** Lines of CSV (RFC 4180, LF). Text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function csv(header: readonly string[], rows: Iterable<readonly string[]>): string {
  const lines = [header.join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
