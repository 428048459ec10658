import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';

/** `npm run test:postgres-chaos -- --minutes N --seed N` */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
});
const report = await runChaos({
  seconds: 60 * Number(values.minutes),
  seed: Number(values.seed),
  keys: 100,
  doomedKeys: 30,
  longestPauseSeconds: 60,
  log: (line) => console.log(line),
});
console.log(JSON.stringify(report, null, 2));
const { slashable, unrecorded, broken, ownEnds, afterActs, uncovered } = report;
process.exitCode = [slashable, unrecorded, broken, ownEnds, afterActs, uncovered].flat().length === 0 ? 0 : 1;
