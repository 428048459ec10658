import { expect, it } from 'vitest';
import fc from 'fast-check';
import { Courier } from '../../../../cli/service/courier.ts';
import { notifyWorld } from './notify-world.ts';

it('fails, and goes on failing, where there is no systemd-notify', async () => {
  const courier = new Courier('/nowhere', '/nonexistent');
  await expect(courier.send(['READY=1'])).rejects.toThrow('systemd-notify ended with 127');
  await expect(courier.send(['WATCHDOG=1'])).rejects.toThrow('systemd-notify ended with 127');
  courier.close();
});

it('tells each sender of the failure of its own message', async () => {
  const world = notifyWorld('case "$*" in *bad*) exit 3;; esac');
  const courier = new Courier('/run/notify', world.path);
  const sent = await Promise.allSettled(['good', 'bad', 'good again'].map((text) => courier.send([text])));
  expect(sent.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  courier.close();
});

it('takes nothing that would end a message early', async () => {
  const world = notifyWorld();
  const courier = new Courier('/run/notify', world.path);
  for (const line of ['', 'STATUS=a\nREADY=1', 'STATUS=\0']) {
    await expect(courier.send(['WATCHDOG=1', line])).rejects.toThrow('not a line');
  }
  await courier.send(['READY=1']);
  expect(world.messages()).toEqual([['/run/notify', 'READY=1']]);
  courier.close();
});

it('hands on what it is given, which no shell reads', async () => {
  const world = notifyWorld();
  const courier = new Courier('@abstract', world.path);
  const awkward = [
    'STATUS=$(touch x) `id` \\n "\'',
    'STATUS=--help',
    'STATUS=*',
    'STATUS= a  b ',
    '-n',
    '--',
  ];
  const line = fc.oneof(fc.constantFrom(...awkward), fc.stringMatching(/^[ -\x7d]{1,40}$/));
  const sent: string[][] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (lines) => {
      await courier.send(lines);
      sent.push(['@abstract', ...lines]);
      expect(world.messages().at(-1)).toEqual(['@abstract', ...lines]);
    }),
    { numRuns: 30 },
  );
  expect(world.messages()).toEqual(sent);
  courier.close();
});

it('refuses what comes after its shell has gone', async () => {
  const world = notifyWorld('kill -KILL $PPID; exit 1');
  const courier = new Courier('/run/notify', world.path);
  await expect(courier.send(['READY=1'])).rejects.toThrow('has ended');
  await expect(courier.send(['READY=1'])).rejects.toThrow('has ended');
});
