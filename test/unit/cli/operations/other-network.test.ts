import { expect, test, vi } from 'vitest';
import { runVigil } from '../../../support/run-vigil.ts';
import { jsonServer } from '../../monitor/execution/json-server.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

// Each run is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const PUBKEY = `0x${'ab'.repeat(48)}`;
const VERBS = [
  ['exit transaction', ['exit', 'transaction', PUBKEY]],
  ['consolidation', ['consolidation', '--source', PUBKEY]],
] as const;

/** An execution node of a chain. */
const nodeOf = (chainId: bigint) =>
  jsonServer((body) => {
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    const result = method === 'eth_chainId' ? `0x${chainId.toString(16)}` : `0x${'00'.repeat(31)}07`;
    return { jsonrpc: '2.0', id, result };
  });

async function asked(verb: readonly string[], chainId: bigint, network: readonly string[]) {
  const { url } = await nodeOf(chainId);
  const { code, stdout, stderr } = await runVigil([...verb, '--execution-node', url, ...network, '--json']);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return code === 0
    ? { code, chainId: (JSON.parse(stdout) as { chainId: string }).chainId }
    : { ...(JSON.parse(last) as { code: string; message: string }), stdout, exit: code };
}

function customNetwork(...lines: string[]): string[] {
  const { write } = tempFolder();
  const text = ['CONFIG_NAME: ours', 'SLOT_DURATION_MS: 12000', 'GENESIS_FORK_VERSION: 0x00000042', ...lines];
  return ['--network', write('config.yaml', text.join('\n'))];
}

test.each(VERBS)('%s: an execution node of another network is refused by both names', async (_, verb) => {
  expect(await asked(verb, 1n, ['--network', 'hoodi'])).toMatchObject({
    ...{ exit: 3, code: 'EXECUTION_OTHER_NETWORK', stdout: '' },
    message: 'the execution node is of chain 1, hoodi has chain 560048',
  });
  expect(await asked(verb, 560048n, ['--network', 'hoodi'])).toEqual({ code: 0, chainId: '560048' });
});

test('a network of a file says its chain too, without genesis values; one that does not say it is not held against it', async () => {
  const [, verb] = VERBS[0];
  expect(await asked(verb, 1n, customNetwork('DEPOSIT_CHAIN_ID: 1337'))).toMatchObject({
    code: 'EXECUTION_OTHER_NETWORK',
    message: 'the execution node is of chain 1, ours has chain 1337',
  });
  expect(await asked(verb, 1337n, customNetwork('DEPOSIT_CHAIN_ID: 1337'))).toMatchObject({ code: 0 });
  expect(await asked(verb, 1337n, customNetwork())).toMatchObject({ code: 0 });
});

test('ephemery has another chain id every time', async () => {
  expect(await asked(VERBS[1][1], 39_438_999n, ['--network', 'ephemery'])).toMatchObject({ code: 0 });
});
