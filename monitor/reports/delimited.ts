/** How numbers and columns look in a CSV file. */
export interface CsvStyle {
  readonly delimiter: ',' | ';' | '\t';
  readonly decimal: '.' | ',';
}

export type CsvCell = string | { readonly number: string };

/** A number as it is, never read as a formula: its text holds digits, a sign and a separator. */
export const number = (text: string): CsvCell => ({ number: text });

/** Lines of CSV (RFC 4180, LF). Text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function delimited(
  style: CsvStyle,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
): string {
  const line = (cells: readonly CsvCell[]): string =>
    `${cells.map((cell) => cellText(style, cell)).join(style.delimiter)}\n`;
  let text = line(header);
  for (const row of rows) text += line(row);
  return text;
}

function cellText({ delimiter, decimal }: CsvStyle, cell: CsvCell): string {
  if (typeof cell !== 'string') return cell.number.replace('.', decimal);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return safe.includes(delimiter) || /["\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
