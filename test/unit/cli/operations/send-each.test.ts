import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';

const moduleAt = (path: string): string =>
  JSON.stringify(new URL(`../../../../cli/${path}`, import.meta.url).href);

/** Sends to a node that takes the second, refuses the third and never answers to the fourth. */
const script = (json: boolean): string => `
  import { setTimeout } from 'node:timers/promises';
  const { sendEach } = await import(${moduleAt('operations/send-each.ts')});
  const { Output } = await import(${moduleAt('output/output.ts')});
  const { cliError } = await import(${moduleAt('cli-errors.ts')});
  const operations = ['7', '1200', '8', '9', '10'].map((validator_index) => ({ message: { validator_index } }));
  const send = async ({ message: { validator_index: index } }, signal) => {
    if (index === '8') throw cliError('BAD_ARGUMENT', 'too young');
    if (index !== '9') return;
    process.stderr.write('hangs');
    await setTimeout(60_000, null, { signal });
  };
  try {
    await sendEach(operations, send, new Output(${json}), new Map([[operations[0], 'it leaves already']]));
  } catch (error) {
    process.stderr.write(' ' + error.code + ' ' + error.message);
    process.exitCode = error.exitCode;
  }`;

async function endedBy(signal: NodeJS.Signals, json: boolean) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(json)]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close');
  await expect.poll(() => err, { timeout: 30_000 }).toBe('hangs');
  const before = out;
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return { before, out, err, code };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'each is told of as it is done, and the rest at a %s',
  async (signal) => {
    const { before, out, err, code } = await endedBy(signal, false);
    expect(before.split('\n')).toEqual([
      '7     skipped   it leaves already',
      '1200  sent',
      '8     failed    BAD_ARGUMENT: too young',
      '',
    ]);
    expect(out.slice(before.length).split('\n')).toEqual([
      '9     unknown   ended while it was being sent',
      '10    not-sent',
      '',
    ]);
    expect([err, code]).toEqual(['hangs NOT_ALL_SENT 3 of 5 were not sent, for all that is known', 1]);
  },
);

test('with --json the whole account is one document, at a signal too', async () => {
  const { before, out, code } = await endedBy('SIGINT', true);
  expect(before).toBe('');
  expect(JSON.parse(out)).toEqual([
    { validator: '7', status: 'skipped', message: 'it leaves already' },
    { validator: '1200', status: 'sent', message: '' },
    { validator: '8', status: 'failed', message: 'BAD_ARGUMENT: too young' },
    { validator: '9', status: 'unknown', message: 'ended while it was being sent' },
    { validator: '10', status: 'not-sent', message: '' },
  ]);
  expect(code).toBe(1);
});
