import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { startMonitorHttp, type MonitorView } from '../../monitor/http/index.ts';
import { createMonitorMetrics } from '../../monitor/metrics/index.ts';
import type { MonitorState } from '../../monitor/model/monitor-state.ts';
import { filledStore, monitorState, NOW_MS } from './monitor-filled.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of a JSON answer. */
  readonly body: Record<string, unknown>;
}

/** The HTTP side of a monitor over a real database, on loopback. */
export async function monitorApi(options: { readonly hostAllowlist?: readonly string[] } = {}) {
  const { store } = filledStore();
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-monitor-data-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  let state = monitorState();
  const view: MonitorView = { state: () => state, store, nowMs: () => NOW_MS };
  const registry = new Registry();
  const metrics = createMonitorMetrics(registry, {
    perValidatorLimit: 0,
    nowMs: view.nowMs,
    statusOf: (index) => store.statusOf(index),
    unresolvedBlocks: () => store.query.unresolvedPayments(),
  });
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const { hostAllowlist = [] } = options;
  const modules = { view, metrics, registry, log, hostAllowlist };
  const http = await startMonitorHttp({ ...modules, dataDir, host: '127.0.0.1', port: 0 });
  onTestFinished(() => http.close());
  const ask = (
    path: string,
    asked: {
      readonly method?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    } = {},
  ): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', body } = asked;
      const headers = {
        ...asked.headers,
        ...(body === undefined ? {} : { 'content-length': `${body.length}` }),
      };
      const outgoing = request(
        { host: '127.0.0.1', port: http.port, path, method, headers, agent: false },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            const json =
              response.headers['content-type']?.startsWith('application/json') === true && text !== '';
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    ...{ http, store, dataDir, view, lines, modules, ask },
    url: `http://127.0.0.1:${http.port}`,
    /** What is so from now on. */
    become: (changes: Partial<MonitorState>): void => {
      state = monitorState(changes);
    },
  };
}
