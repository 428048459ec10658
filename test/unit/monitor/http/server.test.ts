import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slot } from '../../../../core/units.ts';
import { startMonitorHttp } from '../../../../monitor/http/index.ts';
import { bytes } from '../../../support/monitor-filled.ts';
import { monitorApi } from '../../../support/monitor-api.ts';

describe('the door', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('does not take %s', async (method) => {
    const { ask } = await monitorApi();
    for (const path of ['/api/v1/status', '/metrics', '/nothing']) {
      const { status, headers, body } = await ask(path, { method, body: '{}' });
      expect([status, body['code'], headers['allow']]).toEqual([405, 'MONITOR_READ_ONLY', 'GET, HEAD']);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const { ask } = await monitorApi();
    const { status, text, headers } = await ask('/api/v1/status', { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('does not answer to web pages', async () => {
    const { ask } = await monitorApi();
    const { status, body } = await ask('/api/v1/status', { headers: { origin: 'http://localhost' } });
    expect([status, body['code']]).toEqual([403, 'MONITOR_ORIGIN_NOT_ALLOWED']);
  });

  it('does not answer to names that are not its own', async () => {
    const { ask } = await monitorApi({ hostAllowlist: ['monitor.lan'] });
    for (const host of ['evil.example', 'monitor.lan.evil.example:9010', 'localhost.evil.example']) {
      const { status, body } = await ask('/metrics', { headers: { host } });
      expect([host, status, body['code']]).toEqual([host, 403, 'MONITOR_HOST_NOT_ALLOWED']);
    }
    for (const host of ['monitor.lan', 'MONITOR.lan.:9010', 'localhost:1', '10.0.0.1', '[::1]:9010'])
      expect([host, (await ask('/healthz', { headers: { host } })).status]).toEqual([host, 200]);
  });

  it('says so when there is no such path', async () => {
    const { ask } = await monitorApi();
    for (const path of ['/', '/api/v1', '/api/v1/nothing', '/api/v2/status', '/api/v1/%zz']) {
      const { status, body } = await ask(path);
      expect([404, 400]).toContain(status);
      expect(body['hint']).toBeTypeOf('string');
    }
  });

  it('tells nobody what went wrong inside', async () => {
    const { ask, store, lines } = await monitorApi();
    store.close();
    const { status, text } = await ask('/api/v1/events');
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: 'MONITOR_API_FAILED' });
    expect(text).not.toMatch(/database|sqlite|at /i);
    expect(lines.join('')).toContain('database connection is not open');
  });
});

describe('/healthz', () => {
  it('is 200 while the data is fresh, else 503 with the reasons and the ages', async () => {
    const { ask, become } = await monitorApi();
    expect((await ask('/healthz')).body).toMatchObject({ status: 'UP', problems: [] });
    become({ clockSlot: slot(200n), nodes: [] });
    const { status, body } = await ask('/healthz');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'DOWN',
      problems: [{ reason: 'no-beacon-node' }, { reason: 'head-old' }],
      ages: { headSlots: '13', finalEpochs: '0' },
    });
    become({});
    expect((await ask('/healthz')).status).toBe(200);
  });
});

describe('/metrics', () => {
  it('is of the moment at which it is asked', async () => {
    const { ask, become } = await monitorApi();
    const fresh = await ask('/metrics');
    expect(fresh.headers['content-type']).toMatch(/^text\/plain/);
    expect(fresh.text).toContain('vigil_monitor_head_attestation_missed_ratio{group="home"} 0');
    become({ clockSlot: slot(200n) });
    const old = (await ask('/metrics')).text;
    expect(old).toContain('vigil_monitor_clock_slot 200');
    expect(old).not.toContain('vigil_monitor_head_attestation_missed_ratio{');
  });
});

describe('where it listens', () => {
  it('is told in the data directory, to the owner, while it runs', async () => {
    const { http, dataDir } = await monitorApi();
    const path = join(dataDir, 'monitor.ports');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ host: '127.0.0.1', port: http.port });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await http.close();
    expect(existsSync(path)).toBe(false);
  });

  it('stays what another monitor wrote since', async () => {
    const { http, dataDir } = await monitorApi();
    const path = join(dataDir, 'monitor.ports');
    writeFileSync(path, '{"host":"127.0.0.1","port":1}');
    await http.close();
    expect(readFileSync(path, 'utf8')).toContain('"port":1');
  });

  it('must be free, and the file of who has it stays', async () => {
    const { http, dataDir, modules } = await monitorApi();
    const again = startMonitorHttp({ ...modules, dataDir, host: '127.0.0.1', port: http.port });
    await expect(again).rejects.toMatchObject({ code: 'MONITOR_CANNOT_LISTEN' });
    expect(existsSync(join(dataDir, 'monitor.ports'))).toBe(true);
  });
});

describe('a parameter', () => {
  const bad: readonly [string, string][] = [
    ['/status?x=1', 'there is no parameter "x" here: this path takes none'],
    ['/events?fromepoch=1', 'there is no parameter "fromepoch" here, did you mean fromEpoch?'],
    ['/events?fromEpoch=1&fromEpoch=2', 'fromEpoch is given more than once'],
    ['/events?fromEpoch=', 'fromEpoch must be a number in decimal digits'],
    ['/events?fromEpoch=-1', 'fromEpoch must be a number'],
    ['/events?fromEpoch=0x10', 'fromEpoch must be a number'],
    ['/events?fromEpoch=01', 'fromEpoch must be a number'],
    ['/events?fromEpoch=9223372036854775808', 'fromEpoch must be at most'],
    ['/events?fromEpoch=12&toEpoch=11', 'fromEpoch must not be after toEpoch'],
    ['/proposals?fromSlot=12&toSlot=11', 'fromSlot must not be after toSlot'],
    ['/rewards?fromDay=2023-11-15&toDay=2023-11-14', 'fromDay must not be after toDay'],
    ['/rewards?fromDay=2023-02-30', 'fromDay must be a day as yyyy-mm-dd'],
    ['/rewards?fromDay=2023-2-3', 'fromDay must be a day as yyyy-mm-dd'],
    ['/rewards?by=month', 'by must be row or validator or group or day'],
    ['/rewards?by=day&cursor=1', 'cursor is only for by=row and by=validator'],
    ['/attestations?cursor=1', 'cursor is only for by=validator'],
    ['/attestations?fromEpoch=0&toEpoch=10000', 'fromEpoch is more than 10000 epochs before the last'],
    ['/proposals?stage=head&cursor=1.1', 'cursor is only for stage=final'],
    ['/events?limit=0', 'limit must be between 1 and 1000'],
    ['/events?limit=1001', 'limit must be between 1 and 1000'],
    ['/events?limit=ten', 'limit must be a number'],
    ['/events?cursor=abc', 'cursor is not one that this API gave out'],
    ['/events?cursor=1', 'the cursor is not one of this list'],
    ['/validators?cursor=1.2', 'cursor is not one of this list'],
    ['/gaps?cursor=1.2', 'cursor is not one of this list'],
    ['/events?kind=status,party', 'kind must be status or'],
    ['/events?order=up', 'order must be newest or oldest'],
    ['/events?group=', 'group must have 1 to 64 characters'],
    ['/events?validators=1,x', 'validators must be the index of a validator or its pubkey'],
    ['/events?validators=1.5', 'validators must be the index'],
    [`/events?validators=${'1,'.repeat(100)}1`, 'validators names more than 100 validators'],
    ['/validators/0x12', 'validator must be the index of a validator or its pubkey'],
    ['/validators/1?epochs=65', 'epochs must be between 1 and 64'],
    ['/validators?status=fine', 'status must be pending_initialized or'],
    ['/payments?confidence=high', 'confidence must be exact or probable or unresolved'],
  ];
  it.each(bad)('%s: %s', async (path, message) => {
    const { ask } = await monitorApi();
    const { status, body } = await ask(`/api/v1${path}`);
    expect([status, body['message']]).toEqual([400, expect.stringContaining(message)]);
  });

  it('that names nobody is 404, not an empty list', async () => {
    const { ask } = await monitorApi();
    for (const path of [
      '/validators/77',
      `/validators/${bytes(48, 9)}`,
      '/events?validators=0,77',
      `/sync?validators=${bytes(48, 9)}`,
      '/rewards?group=nobody',
    ]) {
      const { status, body } = await ask(`/api/v1${path}`);
      expect([path, status]).toEqual([path, 404]);
      expect(body['code']).toMatch(/^MONITOR_UNKNOWN_(VALIDATOR|GROUP)$/);
    }
  });
});
