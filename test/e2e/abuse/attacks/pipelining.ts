import type { Attack } from './attack.ts';
import { RawConnection, requestHead, signHead } from './raw-connection.ts';

/** Hundreds of requests on one connection, all sent before the first answer, each answer to be known by its path. */
export const pipelining = (async (target, { requests = 0, connections = 0 }) => {
  const opened = await RawConnection.openMany(target, connections);
  const numbers = Array.from({ length: requests }, (_, index) => index);
  const body = '{"type":"ATTESTATION"}';
  const pipeline = numbers
    .map((number) =>
      number % 2 === 0
        ? `${requestHead('GET', `/nothing-${number}`)}\r\n`
        : `${signHead(target, `Content-Length: ${body.length}`)}\r\n${body}`,
    )
    .join('');
  for (const connection of opened) connection.send(pipeline);
  await Promise.all(
    opened.map((connection) => connection.until(() => connection.statuses.length >= requests)),
  );
  const wanted = numbers.map((number) => (number % 2 === 0 ? `404 /nothing-${number}` : '400')).join('\n');
  const inOrder = opened.filter(({ text }) => told(text) === wanted).length;
  const answers = opened.reduce((sum, { statuses }) => sum + statuses.length, 0);
  await Promise.all(opened.map((connection) => connection.destroy()));
  return { opened: opened.length, answers, inOrder };
}) satisfies Attack;

/** Status and, of a 404, the path that it names, of each answer. */
const told = (text: string): string =>
  text
    .split(/^HTTP\/1\.1 /m)
    .slice(1)
    .map((answer) => {
      const path = /GET (\/nothing-\d+)/.exec(answer)?.[1];
      return path === undefined ? answer.slice(0, 3) : `${answer.slice(0, 3)} ${path}`;
    })
    .join('\n');

/** Asks again and again, and reads no answer. */
export const neverReading = (async (target, { requests = 0, connections = 0, holdMs = 0 }) => {
  const opened = await RawConnection.openMany(target, connections, { keep: false });
  const asked = `${requestHead('GET', '/api/v1/eth2/publicKeys')}\r\n`;
  for (const { socket } of opened) socket.pause();
  for (const connection of opened) connection.send(asked.repeat(requests));
  await new Promise((resolve) => setTimeout(resolve, holdMs));
  const heldAtTheEnd = opened.filter(({ closed }) => !closed).length;
  for (const { socket } of opened) socket.resume();
  await Promise.all(opened.map((connection) => connection.destroy()));
  return { opened: opened.length, heldAtTheEnd };
}) satisfies Attack;
