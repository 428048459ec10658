export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * So many clients, each with a key of its own that it has attested once an epoch, one request after the other.
 * @param sign resolves when the signature could leave
 */
export async function measure(
  clients: number,
  seconds: number,
  sign: (client: number, epoch: bigint) => Promise<void>,
): Promise<Measured> {
  const times: number[] = [];
  const warm = performance.now() + 1000;
  const end = warm + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let epoch = 1n; performance.now() < end; epoch += 1n) {
        const start = performance.now();
        await sign(client, epoch);
        if (start >= warm) times.push(performance.now() - start);
      }
    }),
  );
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(times.length * part)] ?? 0;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
