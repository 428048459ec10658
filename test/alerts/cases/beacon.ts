import { always, m, MONITOR, rising, values, type Scenes } from '../scene.ts';

const of = (metric: string, node = 'one', labels: Record<string, string> = {}): string =>
  m(metric, { node, ...labels });
const truth = (node = 'one'): string => of('vigil_beacon_node_truth', node);
const stream = (node: string): string => of('vigil_beacon_stream_connected', node);
const distance = of('vigil_beacon_node_sync_distance_slots');
const head = of('vigil_beacon_node_head_slot');
const clockSlot = m('vigil_monitor_clock_slot');
const requests = of('vigil_beacon_requests_total', 'one', { endpoint: 'getBlockV2' });
const failures = (kind: string): string =>
  of('vigil_beacon_request_failures_total', 'one', { endpoint: 'getBlockV2', kind });
const seconds = (le: string, endpoint = 'getBlockV2'): string =>
  of('vigil_beacon_request_seconds_bucket', 'one', { endpoint, le });
const clock = m('vigil_monitor_clock_epoch');
const finalized = m('vigil_monitor_finalized_epoch');
const network = m('vigil_monitor_network_attestation_missed_ratio');
const labels = { ...MONITOR, node: 'one' };

export const BEACON_CASES: Scenes = {
  VigilBeaconNodeDown: [
    { series: { [truth()]: values([1, 2], [0, 3]), [truth('two')]: always(1) }, from: 2, labels },
    { quiet: 'all are well', series: { [truth()]: always(1) }, at: 4 },
    { quiet: 'it restarts', series: { [truth()]: '1x7 0x5 1x20' }, at: 2 },
  ],
  VigilAllBeaconNodesDown: [
    { series: { [truth()]: values([1, 2], [0, 3]), [truth('two')]: always(0) }, from: 2, labels: MONITOR },
    { quiet: 'one is left', series: { [truth()]: always(0), [truth('two')]: always(1) }, at: 4 },
  ],
  VigilBeaconNodeBehind: [
    { series: { [distance]: values([0, 2], [5, 2]) }, from: 2, labels, value: '5' },
    // Four slots a sample.
    { series: { [clockSlot]: '100x15 108x20', [head]: always(100) }, from: 2, labels, value: '8' },
    {
      quiet: 'at the head',
      series: { [clockSlot]: rising(4), [head]: rising(4), [distance]: always(0) },
      at: 3,
    },
    { quiet: 'an empty slot', series: { [distance]: always(1) }, at: 3 },
  ],
  VigilBeaconNodeErrors: [
    {
      series: {
        [requests]: rising(8),
        [failures('timeout')]: rising(1),
        [failures('busy')]: rising(1),
        [truth()]: always(1),
      },
      ...{ from: 0.125, labels, value: '25%' },
    },
    {
      quiet: 'a few',
      ...{ series: { [requests]: rising(8), [failures('timeout')]: rising(1), [truth()]: always(1) }, at: 3 },
    },
    {
      quiet: 'it is down anyway',
      ...{ series: { [requests]: rising(8), [failures('timeout')]: rising(8), [truth()]: always(0) }, at: 3 },
    },
  ],
  VigilBeaconNodeSlow: [
    {
      series: { [seconds('2')]: always(0), [seconds('5')]: rising(10), [seconds('+Inf')]: rising(10) },
      ...{ from: 0.125, labels, value: '4.7s' },
    },
    {
      quiet: 'fast',
      ...{
        series: { [seconds('2')]: rising(10), [seconds('5')]: rising(10), [seconds('+Inf')]: rising(10) },
        at: 4,
      },
    },
    {
      quiet: 'the stream waits for its first event',
      series: {
        [seconds('2', 'eventstream')]: always(0),
        [seconds('5', 'eventstream')]: rising(10),
        [seconds('+Inf', 'eventstream')]: rising(10),
      },
      at: 4,
    },
  ],
  VigilBeaconStreamDown: [
    {
      series: { [stream('one')]: values([1, 2], [0, 4]), [stream('two')]: always(0), [truth()]: always(1) },
      ...{ from: 2, labels: MONITOR },
    },
    {
      quiet: 'another node streams',
      ...{ series: { [stream('one')]: always(0), [stream('two')]: always(1), [truth()]: always(1) }, at: 5 },
    },
    { quiet: 'no node is well', series: { [stream('one')]: always(0), [truth()]: always(0) }, at: 5 },
  ],
  VigilFinalityStalled: [
    {
      series: { [clock]: always(110), [finalized]: values([108, 2], [105, 3]) },
      ...{ from: 2, labels: MONITOR, value: '5' },
    },
    { quiet: 'a little late', series: { [clock]: always(110), [finalized]: always(106) }, at: 4 },
    { quiet: 'nothing is known', series: { [clock]: always(110) }, at: 4 },
  ],
  VigilNetworkMissingVotes: [
    { series: { [network]: values([0.01, 2], [0.15, 4]) }, from: 2, labels: MONITOR, value: '15%' },
    { quiet: 'few', series: { [network]: always(0.05) }, at: 5 },
  ],
};
