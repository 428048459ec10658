import type { Server as TlsServer, SecureContextOptions } from 'node:tls';
import type { Logger } from '../../core/log/logger.ts';
import type { AccessMetrics } from '../access/access-metrics.ts';
import { isVigilError } from '../../core/errors.ts';
import { outOfDate, readTlsFiles, type TlsMaterial, type TlsPaths } from './read-tls-files.ts';
import { tlsError } from './tls-errors.ts';

export interface TlsKeeperModules {
  readonly metrics: Pick<AccessMetrics, 'tlsReloadFailures' | 'certificateExpiry'>;
  readonly log: Logger;
}

/**
 * Keeps the certificate in force, for all listeners that share it. A new pair comes into use for new connections once it
 * has proven itself; a broken one never does.
 */
export class TlsKeeper {
  readonly paths: TlsPaths;
  readonly #modules: TlsKeeperModules;
  readonly #servers = new Set<TlsServer>();
  #material: TlsMaterial;
  #reloading: Promise<unknown> = Promise.resolve();

  private constructor(paths: TlsPaths, material: TlsMaterial, modules: TlsKeeperModules) {
    this.paths = paths;
    this.#material = material;
    this.#modules = modules;
    this.#show();
  }

  /** @throws TLS_FILES_INVALID, KEY_FILE_* */
  static async open(paths: TlsPaths, modules: TlsKeeperModules): Promise<TlsKeeper> {
    const material = await readTlsFiles(paths);
    const late = outOfDate(material, Date.now());
    // Some clients do not look, and a signer that does not start serves none.
    if (late !== null) modules.log.error({ code: 'TLS_FILES_INVALID', path: paths.cert }, late);
    return new TlsKeeper(paths, material, modules);
  }

  get context(): SecureContextOptions {
    return this.#material.context;
  }

  /** A server that was made with {@link context} and is to have its successors. */
  add(server: TlsServer): void {
    this.#servers.add(server);
  }

  /**
   * Takes what the files hold now into use, or keeps what there is and says so in log and metric. Calls follow one
   * another. Connections that are open go on as they are.
   * @returns whether the files could be used
   */
  reload(): Promise<boolean> {
    const done = this.#reloading.then(() => this.#reload());
    this.#reloading = done;
    return done;
  }

  async #reload(): Promise<boolean> {
    const { log, metrics } = this.#modules;
    try {
      const material = await readTlsFiles(this.paths);
      const late = outOfDate(material, Date.now());
      if (late !== null) throw tlsError('TLS_FILES_INVALID', late);
      for (const server of this.#servers) server.setSecureContext(material.context);
      this.#material = material;
      this.#show();
      log.info(
        { path: this.paths.cert, expires: new Date(material.expiry * 1000).toISOString() },
        'TLS files reloaded',
      );
      return true;
    } catch (error) {
      metrics.tlsReloadFailures.inc();
      log.error(
        { code: isVigilError(error) ? error.code : 'INTERNAL', err: error },
        'the new TLS files cannot be used; those before stay in force',
      );
      return false;
    }
  }

  #show(): void {
    const { certificateExpiry } = this.#modules.metrics;
    const { expiry, clientCaExpiry } = this.#material;
    certificateExpiry.set({ certificate: 'server' }, expiry);
    if (clientCaExpiry !== null) certificateExpiry.set({ certificate: 'client-ca' }, clientCaExpiry);
  }
}
