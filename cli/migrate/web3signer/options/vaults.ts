import { byHand, none, whenOn, type OptionRule } from '../becomes.ts';

/** Keys are not read out of vaults: what the vault gives is put into files, and this command reads the files. */
const INTO_FILES =
  'write each key into a file of its own (type: file-raw, see docs/migrating-from-web3signer.md) and run this command on that folder';

const azure = none('belongs to azure-vault-enabled');
const aws = none('belongs to aws-secrets-enabled');
const gcp = none('belongs to gcp-secrets-enabled');

/** Bulk loading out of the vaults of cloud vendors. */
export const VAULT_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'eth2.azure-vault-enabled': whenOn(byHand(`keys in Azure Key Vault: ${INTO_FILES}`)),
  'eth2.azure-vault-auth-mode': azure,
  'eth2.azure-vault-name': azure,
  'eth2.azure-client-id': azure,
  'eth2.azure-tenant-id': azure,
  'eth2.azure-client-secret': azure,
  'eth2.azure-response-timeout': azure,
  'eth2.azure-tags': azure,
  'eth2.aws-secrets-enabled': whenOn(byHand(`keys in AWS Secrets Manager: ${INTO_FILES}`)),
  'eth2.aws-secrets-auth-mode': aws,
  'eth2.aws-secrets-access-key-id': aws,
  'eth2.aws-secrets-secret-access-key': aws,
  'eth2.aws-secrets-region': aws,
  'eth2.aws-endpoint-override': aws,
  'eth2.aws-secrets-prefixes-filter': aws,
  'eth2.aws-secrets-tag': aws,
  'eth2.aws-connection-cache-size': aws,
  'eth2.gcp-secrets-enabled': whenOn(byHand(`keys in GCP Secret Manager: ${INTO_FILES}`)),
  'eth2.gcp-project-id': gcp,
  'eth2.gcp-secrets-filter': gcp,
};
