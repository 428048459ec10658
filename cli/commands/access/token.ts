import { createHash, randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';

export function accessTokenCommand(): Command {
  return new Command('token')
    .description('make a bearer token for a client, and the digest of it for the access file')
    .addHelpText('after', examples('vigil access token'))
    .action((_options, self: Command) => {
      const { output } = commandContext(self);
      const token = randomBytes(32).toString('hex');
      const digest = createHash('sha256').update(token).digest('hex');
      output.result({ token, tokenSha256: digest }, [`token         ${token}`, `token-sha256  ${digest}`]);
      output.note('The token is for the client and is shown only here; the digest is for the access file.');
    });
}
