/** Two spaces, integers beyond JSON's as decimal strings, a final newline. Key order is that of the code. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, bigintsAsText, 2)}\n`;
}

const bigintsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
