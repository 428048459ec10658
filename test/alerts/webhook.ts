import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Notification {
  /** The last part of the address: the receiver of the example. */
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the Alertmanager calls: keeps every alert it is told of. */
export async function startWebhook() {
  const told: Notification[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { alerts } = JSON.parse(text) as { alerts: Omit<Notification, 'receiver'>[] };
      const receiver = request.url?.slice(1) ?? '';
      told.push(...alerts.map((alert) => ({ ...alert, receiver })));
      response.end();
      for (const look of waiting) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    /**
     * The first notification of an alert that fires, now or as soon as it comes.
     * @param instance only of this one
     */
    firing(alertname: string, instance?: string): Promise<Notification> {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = told.find(
            ({ labels, status }) =>
              labels['alertname'] === alertname &&
              status === 'firing' &&
              (instance === undefined || labels['instance'] === instance),
          );
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
