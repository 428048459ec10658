/**
 * Whether a whole name fits a pattern in which `*` stands for any number of characters and everything else for itself.
 * Anchored at both ends by construction, and not a regular expression: `vc-1` never fits `vc-10`, a dot is a dot, and
 * no pattern takes longer than the two lengths multiplied.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === head;
  const tail = rest.pop() ?? '';
  if (name.length < head.length + tail.length) return false;
  if (!name.startsWith(head) || !name.endsWith(tail)) return false;
  // What is left between the ends takes the middle parts in order, each at its earliest place.
  const end = name.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
