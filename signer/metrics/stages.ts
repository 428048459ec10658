import { Histogram, type Registry } from 'prom-client';

type Stage = 'parse' | 'root' | 'guard_wait' | 'commit' | 'bls';

/** Takes the seconds that a stage took. */
export type Stages = Readonly<Record<Stage, (seconds: number) => void>> & {
  readonly histogram: Histogram<'stage'>;
};

/** From what a memory look-up takes to a disk that takes a slot; 0.1 ms apart where a signature is made. */
export const FINE_BUCKETS = [
  0.0001, 0.0002, 0.0003, 0.0004, 0.0005, 0.0006, 0.0007, 0.0008, 0.0009, 0.001, 0.0015, 0.002, 0.003, 0.005,
  0.0075, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/** Where the time of a sign request goes. `guard_wait` and `commit` are counted per commit, the others per request. */
export function createStages(registry: Registry): Stages {
  const histogram = new Histogram({
    name: 'vigil_signer_stage_seconds',
    help: 'Time in each stage of signing: parse (reading the body; 0 when it was read before), root (decoding and hashing), guard_wait (from the first record that a signature waits for to its commit), commit (making a batch durable), bls (waiting for a thread and signing).',
    labelNames: ['stage'] as const,
    buckets: FINE_BUCKETS,
    registers: [registry],
  });
  const of = (stage: Stage) => {
    const child = histogram.labels({ stage });
    return (seconds: number): void => {
      child.observe(seconds);
    };
  };
  return {
    histogram,
    parse: of('parse'),
    root: of('root'),
    guard_wait: of('guard_wait'),
    commit: of('commit'),
    bls: of('bls'),
  };
}
