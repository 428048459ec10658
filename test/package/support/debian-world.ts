import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceWorld } from '../../systemd/support/service-world.ts';
import type { Ran } from '../../systemd/support/systemd-world.ts';
import { temporary, unpack } from './unpacked.ts';

/** A Debian under a systemd of its own, with what this machine has installed, but without Vigil. */
export class DebianWorld extends ServiceWorld {
  static override async start(): Promise<DebianWorld> {
    const world = new DebianWorld();
    await world.entered();
    // The folder is a private one in there, and what dpkg knows is in it.
    cpSync('/var/lib/dpkg', world.path('/var/lib/dpkg'), { recursive: true });
    // A machine that is a container itself may forbid services to packages; in there they are wanted.
    world.ok('rm', '-f', '/usr/sbin/policy-rc.d');
    return world;
  }

  /** As an administrator does it who keeps configuration that was edited. */
  install(file: string): Ran {
    copyFileSync(file, this.path('/run/vigil.deb'));
    return this.run('dpkg', '--force-confdef', '--force-confold', '--install', '/run/vigil.deb');
  }

  installed(file: string): string {
    const { status, stdout, stderr } = this.install(file);
    if (status !== 0) throw new Error(`dpkg --install ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** The command that the package brings. */
  command(user: string, ...words: readonly string[]): Ran {
    const as = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
    return this.run('setpriv', ...as, '/usr/bin/vigil', ...words);
  }

  commanded(user: string, ...words: readonly string[]): string {
    const { status, stdout, stderr } = this.command(user, ...words);
    if (status !== 0) throw new Error(`vigil ${words.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** `-rw-r----- root vigil` */
  owned(path: string): string {
    return this.ok('stat', '--format=%A %U %G', path).trim();
  }

  /** Owner and mode stay, as with an editor. */
  rewrite(path: string, text: string): void {
    writeFileSync(this.path(path), text);
  }

  exists(path: string): boolean {
    return this.run('test', '-e', path).status === 0;
  }
}

/** The package as if it were an older one, whose default configuration was another. */
export function olderPackage(file: string): string {
  const folder = temporary();
  unpack(file, folder);
  const change = (path: string, from: string | RegExp, to: string): void => {
    const before = readFileSync(join(folder, path), 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${path} has nothing to change`);
    writeFileSync(join(folder, path), after);
  };
  change('DEBIAN/control', /^Version: .*$/m, 'Version: 0.0.1');
  for (const name of ['signer', 'monitor']) change(`etc/vigil/${name}.yaml`, /^# /, '# An older default. ');
  rmSync(join(folder, 'DEBIAN/md5sums'));
  const older = join(temporary(), 'vigil_0.0.1.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', folder, older], { stdio: 'ignore' });
  return older;
}
