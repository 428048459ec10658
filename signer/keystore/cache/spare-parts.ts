/**
 * Which of several parts each of a number of things is in, so that of any two things each is in a part without the other:
 * whatever single thing is lost, the parts that never had it still have all others. Every thing is in half of the parts,
 * and no two are in the same, hence none is wherever another is. By Sperner's theorem this takes the fewest parts there
 * can be: 2 for 2 things, 6 for 20, 16 for 10,000.
 * @returns the things of each part, by number; no part when there is nothing to tell apart
 */
export function spareParts(things: number): number[][] {
  if (things < 2) return [];
  let count = 2;
  while (choose(count, count >> 1) < things) count += 1;
  const parts = Array.from({ length: count }, (): number[] => []);
  let thing = 0;
  for (const chosen of combinations(count, count >> 1)) {
    if (thing === things) break;
    for (const part of chosen) parts[part]?.push(thing);
    thing += 1;
  }
  return parts;
}

function choose(all: number, some: number): number {
  let ways = 1;
  for (let at = 1; at <= some; at += 1) ways = (ways * (all - some + at)) / at;
  return ways;
}

function* combinations(all: number, some: number, from = 0): Generator<number[]> {
  if (some === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= all - some; first += 1) {
    for (const rest of combinations(all, some - 1, first + 1)) yield [first, ...rest];
  }
}
