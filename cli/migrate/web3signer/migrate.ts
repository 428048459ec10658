import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exposedPaths } from '../../../signer/keystore/exposed-paths.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, type CommandContext } from '../../command-context.ts';
import type { KeyResult } from './bring-in.ts';
import { chooseNetwork } from './choose-network.ts';
import { findKeys, pathFrom } from './find-keys.ts';
import { countsOf, keysWithoutVotes, readHistory } from './history.ts';
import { secretFilesOf, type FoundKeys } from './key-source.ts';
import { moveKeys } from './move-keys.ts';
import { mapOptions, type OptionMap } from './option-map.ts';
import { outConfigText } from './out-config.ts';
import { readWeb3SignerConfig, type Web3SignerConfig } from './read-config.ts';
import type { MigrationReport } from './report.ts';
import { fileExists, writeNewFile } from './write-new-file.ts';

export interface MigrationOptions {
  readonly configFile: string | null;
  /** The WEB3SIGNER_* variables, null when they do not count. */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
  readonly workingFolder: string | null;
  readonly interchange: string | null;
  readonly withoutHistory: boolean;
  readonly outConfig: string | null;
  readonly dryRun: boolean;
}

/** What was read of Web3Signer, before anything of Vigil is touched. */
interface SetUp {
  readonly config: Web3SignerConfig;
  readonly map: OptionMap;
  readonly found: FoundKeys;
}

/**
 * The whole move. Options, network and history are judged before anything is written.
 * @param tell called once with the report, before anything is thrown that the report explains
 * @throws BAD_ARGUMENT, HISTORY_NEEDED, INTERCHANGE_*, FILE_EXISTS: then nothing was changed. SOME_KEYS_FAILED: the
 *   others are in.
 */
export async function migrate(
  options: MigrationOptions,
  context: CommandContext,
  tell: (report: MigrationReport) => void,
): Promise<void> {
  const { outConfig, interchange, dryRun } = options;
  if (outConfig !== null && existsSync(outConfig)) throw fileExists(outConfig);
  const config = await readWeb3SignerConfig({ file: options.configFile, environment: options.environment });
  const map = mapOptions(config, {
    configFile: options.configFile,
    pathOf: pathFrom(options),
    ourPath: (name) => resolve(outConfig === null ? context.settings['data-dir'] : dirname(outConfig), name),
  });
  const setUp = { config, map, found: await findKeys(config, options) };
  const basis = await reportBasis(options, context, setUp);

  const ours = agreed(options, context, setUp, () => tell(basis));
  const spec = await chainSpecOf(ours);
  const content = interchange === null ? null : await readHistory(interchange, spec);
  const { keys, raised } = await moveKeys(setUp.found.keys, interchange, ours, dryRun);
  const results = [...keys, ...passedOver(setUp.found)];
  const here = keys.flatMap(({ pubkey, status }) => (pubkey !== null && status !== 'failed' ? [pubkey] : []));
  const history = {
    ...basis.history,
    content: content === null ? null : countsOf(content),
    raised,
    keysWithoutVotes: keysWithoutVotes(content, [...new Set(here)]),
  };
  tell({ ...basis, complete: true, keys: results, history });

  if (outConfig !== null && !dryRun) writeNewFile(outConfig, outConfigText(map, ours, spec));
  const failed = results.filter(({ status }) => status === 'failed').length;
  if (failed > 0) throw cliError('SOME_KEYS_FAILED', `${failed} of ${results.length} were not brought in`);
}

/**
 * The context to work in, once nothing stands against the move. What does is thrown after the report was told, which
 * says what there is to move.
 * @throws HISTORY_NEEDED, BAD_ARGUMENT
 */
function agreed(
  { interchange, withoutHistory }: MigrationOptions,
  context: CommandContext,
  { map, found }: SetUp,
  tell: () => void,
): CommandContext {
  try {
    // Keys that became able to sign while their history stayed behind are the classic way to be slashed.
    if (found.keys.length > 0 && interchange === null && !withoutHistory) {
      const count = found.keys.length;
      throw cliError(
        'HISTORY_NEEDED',
        `there are ${count} keys, and no --interchange FILE with their history`,
      );
    }
    return chooseNetwork(context, map);
  } catch (error) {
    tell();
    throw error;
  }
}

/** The report as far as it goes before a key is opened. */
async function reportBasis(
  options: MigrationOptions,
  { settings }: CommandContext,
  { config, map, found }: SetUp,
): Promise<MigrationReport> {
  return {
    configFile: options.configFile,
    dataDir: settings['data-dir'],
    dryRun: options.dryRun,
    complete: false,
    options: map.options,
    keys: [
      ...found.keys.map(({ label }) => ({ label, pubkey: null, status: 'found', message: '' }) as const),
      ...passedOver(found),
    ],
    history: {
      file: options.interchange,
      content: null,
      raised: null,
      keysWithoutVotes: [],
      onMissingHistory: settings['on-missing-history'],
    },
    exposedFiles: await exposedPaths(found.keys.flatMap(secretFilesOf)),
    remarks: remarksOn(options, config),
    outConfig: options.outConfig,
  };
}

function remarksOn({ workingFolder, configFile }: MigrationOptions, { options }: Web3SignerConfig): string[] {
  const remarks: string[] = [];
  if (!options.has('key-config-path') && workingFolder === null) {
    remarks.push(
      'key-config-path is not set, so Web3Signer reads the folder it is started in; if its key files are there, say --web3signer-dir DIR',
    );
  }
  if (!options.has('eth2.network')) remarks.push('eth2.network is not set, so Web3Signer works on mainnet');
  if (configFile !== null)
    remarks.push(`what Web3Signer is told on its command line is not in ${configFile}`);
  return remarks;
}

const passedOver = (found: FoundKeys): KeyResult[] =>
  found.passedOver.map(({ label, status, message }) => ({ label, pubkey: null, status, message }));
