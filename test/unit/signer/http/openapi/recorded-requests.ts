import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadChainSpec } from '../../../../../core/chain/load-chain-spec.ts';
import { parseRoot } from '../../../../../core/units.ts';
import { judgeOf } from '../../../../support/openapi-validation.ts';

const FIXTURES = new URL('../../../../fixtures/sign-requests/', import.meta.url);
const REQUEST = { $ref: '#/components/schemas/SignRequest' };

type Json = Record<string, unknown>;

/** The document of a signer on a recorded chain describes every request that a real validator client made there. */
export async function describeRecordedRequests(chain: string): Promise<void> {
  const folder = new URL(`${chain}/`, FIXTURES);
  const requests = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      type: name.replace('.json', ''),
      body: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Json,
    }));
  await loadChainSpec(new URL('config.yaml', folder).pathname, {
    genesisTimeSeconds: 0n,
    genesisValidatorsRoot: parseRoot(`0x${'00'.repeat(32)}`, 'root'),
  });
  // After the chain spec, whose preset the SSZ types take when they are loaded.
  const { EVERYTHING, openApiDocument } = await import('../../../../../signer/http/openapi/document.ts');
  const judge = judgeOf(openApiDocument(EVERYTHING), false);

  describe(`requests recorded on ${chain}`, () => {
    it('are there', () => {
      expect(requests.length).toBeGreaterThanOrEqual(8);
    });

    it.each(requests)(
      '$type is what its schema says, and not what that of another says',
      ({ type, body }) => {
        expect(judge.problem(REQUEST, body)).toBeNull();
        expect(judge.problem({ $ref: `#/components/schemas/${type}` }, body)).toBeNull();
        const other = type === 'RANDAO_REVEAL' ? 'ATTESTATION' : 'RANDAO_REVEAL';
        expect(judge.problem({ $ref: `#/components/schemas/${other}` }, body)).not.toBeNull();
      },
    );

    it.each(requests)('$type without any one of its leaves is not', ({ body }) => {
      // The root may be left out, and some types need no fork_info.
      const leaves = leavesOf(body).filter(([member]) => member !== 'signingRoot' && member !== 'fork_info');
      expect(leaves.length).toBeGreaterThan(1);
      for (const path of leaves) {
        // The slot says whether there have to be committee bits, which a schema cannot see.
        const described = path.includes('committee_bits');
        const problem = judge.problem(REQUEST, without(body, path));
        expect({ path, described: problem === null }).toEqual({ path, described });
      }
    });
  });
}

function leavesOf(node: unknown, path: string[] = []): string[][] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [path];
  return Object.entries(node).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

function without(body: Json, path: readonly string[]): Json {
  const copy = structuredClone(body);
  const owner = path.slice(0, -1).reduce((object, key) => object[key] as Json, copy);
  Reflect.deleteProperty(owner, path.at(-1)!);
  return copy;
}
