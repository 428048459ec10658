import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isVigilError } from '../../../core/errors.ts';
import { reachSigner } from '../../running-signer.ts';
import { parsedOrNull } from '../../call-signer.ts';
import { fault, good, note, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

const health = z.object({
  status: z.string(),
  checks: z.array(z.object({ id: z.string(), status: z.string() })),
});

/** Whether the signer of the data directory is reached as clients reach it, TLS included, and well. */
export const signer: Check = {
  name: 'signer',
  inspect: async ({ settings }) => {
    if (!existsSync(join(settings['data-dir'], 'vigil.ports'))) {
      return [
        note('it does not run on this data directory', 'vigil signer, or systemctl start vigil-signer'),
      ];
    }
    try {
      const { url, status, text } = await reachSigner(settings, {
        listener: 'http',
        method: 'GET',
        path: '/healthcheck',
      });
      if (status === 401 || status === 403) return [good(`${url} answers, and wants credentials`)];
      return judgeAnswer(url, parsedOrNull(text));
    } catch (error) {
      if (!isVigilError(error, 'SIGNER_NOT_REACHED')) throw error;
      return [
        fault(
          `it is not reached where it said it listens: ${error.message}`,
          'If it does not run, it was killed: start it again. If it does, compare http-host and TLS settings with its own.',
        ),
      ];
    }
  },
};

function judgeAnswer(url: string, answer: unknown): Finding[] {
  const read = health.safeParse(answer);
  if (!read.success) {
    return [fault(`${url} is not answered by a Vigil signer`, 'See which program has the port.')];
  }
  const down = read.data.checks.filter(({ status }) => status !== 'UP').map(({ id }) => id);
  if (down.length === 0) return [good(`${url} is well`)];
  return [
    fault(`${url} is not well: ${down.join(', ')}`, 'See the log of the signer: journalctl -u vigil-signer'),
  ];
}
