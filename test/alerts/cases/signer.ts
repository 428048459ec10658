import { always, rising, s, SIGNER, values, type Scenes } from '../scene.ts';

const up = s('up');
const requests = (result: string, reason = '', type = 'ATTESTATION'): string =>
  s('vigil_signer_sign_requests_total', { type, result, reason });
const loaded = s('vigil_signer_keys_loaded');
const seconds = (le: string, type = 'ATTESTATION'): string =>
  s('vigil_signer_sign_request_seconds_bucket', { type, le });
const denied = s('vigil_signer_access_denied_total', { client: 'vc-1', action: 'sign' });
const limited = s('vigil_signer_rate_limited_total', { client: 'vc-1' });
const closed = s('vigil_signer_connections_closed_total', { reason: 'no-room' });
const access = s('vigil_access_reload_failures_total');
const tls = s('vigil_tls_reload_failures_total');
const expiry = s('vigil_tls_certificate_expiry_timestamp_seconds', { certificate: 'server' });
const once = values([0, 3], [1, 3]);
const DAY = 86_400;
/** Votes for ten epochs, then none. */
const stopped = `0+4x${10 * 8 - 1} ${79 * 4}x80`;

export const SIGNER_CASES: Scenes = {
  VigilSignerDown: [
    { series: { [up]: values([1, 2], [0, 1]) }, from: 2, labels: SIGNER },
    { series: {}, from: 0, labels: { job: SIGNER.job } },
    { quiet: 'it is up', series: { [up]: always(1) }, at: 3 },
    { quiet: 'it missed one scrape', series: { [up]: '1x7 0 1x7' }, at: 1.25 },
  ],
  VigilSignerIdle: [
    { series: { [requests('signed')]: stopped, [loaded]: always(4, 20) }, from: 11.875, labels: SIGNER },
    { quiet: 'it signs', series: { [requests('signed')]: rising(4, 20), [loaded]: always(4, 20) }, at: 15 },
    {
      quiet: 'keys that wait for their deposit',
      ...{ series: { [requests('signed')]: always(0, 20), [loaded]: always(4, 20) }, at: 15 },
    },
    { quiet: 'no keys', series: { [requests('signed')]: stopped, [loaded]: always(0, 20) }, at: 15 },
  ],
  VigilSignerKeysDropped: [
    { series: { [loaded]: values([10, 4], [7, 4]) }, from: 4, labels: SIGNER, value: '3' },
    { quiet: 'more than before', series: { [loaded]: values([7, 4], [10, 4]) }, at: 7 },
    { quiet: 'more than an hour ago', series: { [loaded]: values([10, 4], [7, 16]) }, at: 18 },
  ],
  VigilSigningSlow: [
    {
      series: { [seconds('1')]: always(0), [seconds('2.5')]: rising(10), [seconds('+Inf')]: rising(10) },
      ...{ from: 0.125, labels: SIGNER, value: '2.485s' },
    },
    {
      quiet: 'fast',
      ...{
        series: { [seconds('1')]: rising(10), [seconds('2.5')]: rising(10), [seconds('+Inf')]: rising(10) },
        at: 4,
      },
    },
    {
      quiet: 'what has no deadline',
      series: {
        [seconds('1', 'VOLUNTARY_EXIT')]: always(0),
        [seconds('2.5', 'VOLUNTARY_EXIT')]: rising(10),
        [seconds('+Inf', 'VOLUNTARY_EXIT')]: rising(10),
      },
      at: 4,
    },
  ],
  VigilSignRequestsRejected: [
    {
      series: { [requests('rejected', 'UNKNOWN_KEY')]: rising(10) },
      ...{ from: 0.25, labels: { ...SIGNER, reason: 'UNKNOWN_KEY' }, value: '100' },
    },
    {
      quiet: 'a few',
      series: { [requests('rejected', 'UNKNOWN_KEY')]: values([0, 1], [4, 1], [8, 6]) },
      at: 4,
    },
    { quiet: 'refused', series: { [requests('refused', 'KEY_DELETED')]: rising(10) }, at: 4 },
  ],
  VigilAccessDenied: [
    {
      series: { [denied]: values([0, 3], [8, 3]) },
      ...{ from: 3, labels: { ...SIGNER, client: 'vc-1', action: 'sign' }, value: '8' },
    },
    { quiet: 'a mistyped token', series: { [denied]: values([0, 3], [2, 3]) }, at: 4 },
  ],
  VigilRateLimited: [
    {
      series: { [limited]: values([0, 3], [4, 3]) },
      ...{ from: 3, labels: { ...SIGNER, client: 'vc-1' }, value: '4' },
    },
    { quiet: 'never', series: { [limited]: always(0) }, at: 4 },
  ],
  VigilConnectionsClosed: [
    {
      series: { [closed]: rising(20) },
      ...{ from: 0.125, labels: { ...SIGNER, reason: 'no-room' }, value: '160' },
    },
    { quiet: 'one now and then', series: { [closed]: rising(1) }, at: 4 },
  ],
  VigilSignerReloadFailed: [
    { series: { [access]: once, [tls]: always(0) }, from: 3, labels: SIGNER },
    { series: { [access]: always(0), [tls]: once }, from: 3, labels: SIGNER },
    { quiet: 'never', series: { [access]: always(0), [tls]: always(2) }, at: 4 },
  ],
  VigilCertificateExpiring: [
    {
      series: { [expiry]: values([null, 1], [10 * DAY, 3]) },
      ...{ from: 1, labels: { ...SIGNER, certificate: 'server' }, value: '9d 23h 53m 36s' },
    },
    { quiet: 'in three weeks', series: { [expiry]: always(21 * DAY) }, at: 3 },
    { quiet: 'no TLS', series: { [up]: always(1) }, at: 3 },
  ],
  VigilCertificateAboutToExpire: [
    {
      series: { [expiry]: values([null, 1], [7584, 3]) },
      ...{ from: 1, labels: { ...SIGNER, certificate: 'server' }, value: '2h 0m 0s' },
    },
    {
      // It has run out already.
      series: { [expiry]: values([null, 1], [324, 3]) },
      ...{ from: 1, labels: { ...SIGNER, certificate: 'server' }, value: '-1m 0s' },
    },
    { quiet: 'in ten days', series: { [expiry]: always(10 * DAY) }, at: 3 },
  ],
};
