import type { TlsSettings } from '../../core/config/tls-settings.ts';
import type { Logger } from '../../core/log/logger.ts';
import { fileState, FileWatch } from '../reload/file-watch.ts';
import type { ListenerTls } from '../tls/create-tls-server.ts';
import { readTlsFiles, type TlsMaterial } from '../tls/read-tls-files.ts';
import { TlsKeeper } from '../tls/tls-keeper.ts';
import { accessError } from './access-errors.ts';
import type { AccessMetrics } from './access-metrics.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { Gate } from './gate.ts';
import { openAccess } from './open-access.ts';
import { PolicyAccess } from './policy-access.ts';
import { readAccessFile } from './read-access-file.ts';
import { reloadAccess } from './reload-access.ts';

export interface FrontDoorOptions {
  /** Null: whoever reaches the port may sign. */
  readonly accessFile: string | null;
  readonly tls: TlsSettings | null;
  /** Requests per second of one address; null: no limit. */
  readonly rateLimit: number | null;
  /** How often the files are looked at. Default 5 s. */
  readonly watchMs?: number;
}

export interface FrontDoorModules {
  /** Content of api-token.txt. */
  readonly token: string;
  readonly metrics: AccessMetrics;
  readonly log: Logger;
}

/** What stands between the network and the routes: who is let in, under which certificate. */
export interface FrontDoor {
  readonly gate: Gate;
  readonly tls: ListenerTls | null;
  /** The access file in force, or null without one. */
  readonly accessPolicy: () => CompiledPolicy | null;
  /** Reads access file and TLS files again, as on SIGHUP. What cannot be used leaves what is in force. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export const OPEN_DOOR: FrontDoorOptions = { accessFile: null, tls: null, rateLimit: null };

/** @throws ACCESS_FILE_*, TLS_FILES_INVALID, KEY_FILE_* */
export async function openFrontDoor(
  options: FrontDoorOptions,
  modules: FrontDoorModules,
): Promise<FrontDoor> {
  const { accessFile, tls, rateLimit, watchMs } = options;
  const { token, metrics, log } = modules;
  const read = (path: string) => readAccessFileFor(path, tls);
  const accessPaths = accessFile === null ? [] : [accessFile];
  const tlsPaths = [tls?.cert, tls?.key, tls?.clientCa].filter((path) => typeof path === 'string');
  const [accessState, tlsState] = [await fileState(accessPaths), await fileState(tlsPaths)];
  const policy = accessFile === null ? null : new PolicyAccess(await read(accessFile), token);
  const gate = new Gate({
    access: policy ?? openAccess(token),
    metrics,
    log,
    addressLimit: rateLimit === null ? null : { perSecond: rateLimit, burst: rateLimit },
  });
  const keeper = tls === null ? null : await TlsKeeper.open(tls, { metrics, log });

  const watches: FileWatch[] = [];
  const reloads: (() => Promise<unknown>)[] = [];
  const watch = (paths: readonly string[], known: string, reload: () => Promise<unknown>): void => {
    watches.push(new FileWatch(() => fileState(paths), known, reload, watchMs));
    reloads.push(reload);
  };
  if (accessFile !== null && policy !== null) {
    watch(accessPaths, accessState, () =>
      reloadAccess({ read: () => read(accessFile), access: policy, gate, metrics, log }),
    );
  }
  if (keeper !== null) {
    watch(tlsPaths, tlsState, () => keeper.reload());
  }
  return {
    gate,
    accessPolicy: () => policy?.policy ?? null,
    tls: keeper === null || tls === null ? null : { keeper, clientAuth: tls.clientAuth },
    reload: async () => {
      for (const reload of reloads) await reload();
    },
    stop: async () => {
      for (const one of watches) await one.stop();
    },
  };
}

export interface FrontDoorReport {
  readonly policy: AccessPolicy | null;
  readonly tls: TlsMaterial | null;
}

/** Reads all files as {@link openFrontDoor} does, without opening anything. @throws the same */
export async function checkFrontDoor({ accessFile, tls }: FrontDoorOptions): Promise<FrontDoorReport> {
  return {
    policy: accessFile === null ? null : await readAccessFileFor(accessFile, tls),
    tls: tls === null ? null : await readTlsFiles(tls),
  };
}

/**
 * An access file, which must be of use with these TLS settings.
 * @throws ACCESS_FILE_INVALID also for a client that could never show what it is known by
 */
export async function readAccessFileFor(path: string, tls: TlsSettings | null): Promise<AccessPolicy> {
  const policy = await readAccessFile(path);
  const client = policy.clients.find(({ certificate }) => certificate !== null);
  if (client !== undefined && (tls === null || tls.clientAuth === 'none')) {
    throw accessError(
      'ACCESS_FILE_INVALID',
      `${path}: client ${client.name} is known by a certificate, but none is asked for: give tls-cert, tls-key and tls-client-ca`,
    );
  }
  return policy;
}
