import { printable, shellQuote } from './shell-quote.ts';

type Fields = Readonly<Record<string, unknown>>;

const text = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** Key types whose secret is not in a file here, with the command that prints it. */
const COMMANDS: Readonly<Record<string, (fields: Fields) => string>> = {
  'hashicorp': hashicorp,
  'aws-secret': (fields) =>
    `aws secretsmanager get-secret-value --region ${shellQuote(text(fields, 'region'))} ` +
    `--secret-id ${shellQuote(text(fields, 'secretName'))} --query SecretString --output text`,
  'azure-secret': (fields) =>
    `az keyvault secret show --vault-name ${shellQuote(text(fields, 'vaultName'))} ` +
    `--name ${shellQuote(text(fields, 'secretName'))} --query value --output tsv`,
};

/** Types that exist for the keys of the execution layer only. */
const SECP_ONLY = ['aws-kms', 'azure-key', 'file-wallet'];

export const isSecpOnly = (type: string): boolean => SECP_ONLY.includes(type);

/**
 * What the operator does about a key that lies elsewhere; null when the type is not one of those. The secret goes
 * from one command into a file without being typed, shown or seen in a list of processes.
 */
export function vaultInstruction(type: string, fields: Fields): string | null {
  if (!Object.hasOwn(COMMANDS, type)) return null;
  const command = COMMANDS[type]?.(fields) ?? '';
  return (
    `fetch the key into a file of its own and run this command on that folder: ` +
    `(umask 077; printf 'type: file-raw\\nprivateKey: "%s"\\n' "$(${command})" > NAME.yaml)`
  );
}

/** Version 2 of the key-value engine has /data/ in its paths and one more level in its answers. */
function hashicorp(fields: Fields): string {
  const path = printable(text(fields, 'keyPath')).replace(/^\/?v1\//, '');
  const key = text(fields, 'keyName') || 'value';
  const mount = /^([^/]+)\/data\/(.+)$/.exec(path);
  const where =
    mount === null ? shellQuote(path) : `-mount=${shellQuote(mount[1] ?? '')} ${shellQuote(mount[2] ?? '')}`;
  return `vault kv get -field=${shellQuote(key)} ${where}`;
}
