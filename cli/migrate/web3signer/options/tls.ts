import type { Becomes, OptionContext, OptionRule, SettingLine } from '../becomes.ts';
import { isOn, none } from '../becomes.ts';
import { shellQuote } from '../shell-quote.ts';

/** Web3Signer wants PKCS#12; Vigil reads PEM. */
export const TLS_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'tls-keystore-file': keystore,
  'tls-keystore-password-file': none('a PEM key needs no password; its file is readable for its owner only'),
  'tls-allow-any-client': ({ values }, { other }) => {
    if (!isOn(values)) return { kind: 'none', why: 'it is off' };
    const contradicted = NARROWING.some((name) => asksForMore(name, other));
    const why = contradicted
      ? 'other options say which clients may connect, and those count'
      : 'clients need no certificate as long as tls-client-ca is not set';
    return { kind: 'none', why };
  },
  'tls-known-clients-file': (_, context) => ({
    kind: 'by-hand',
    todo:
      `put the certificates of these clients, or those of the authorities that made them, into ${clientCa(context)}; ` +
      `then say in ${accessFile(context)} what each may do, by its fingerprint (certificate: { fingerprint-sha256: … }), ` +
      'as docs/access.md shows. tls-client-ca and access-file name the two files',
    lines: [
      ...certificatesWanted(context),
      // Of all the certificates of an authority only those in the list were let in.
      ['access-file', accessFile(context)],
    ],
  }),
  'tls-allow-ca-clients': ({ values }, context) =>
    isOn(values)
      ? {
          kind: 'by-hand',
          todo:
            `put the certificates of the authorities that made the clients' certificates into ${clientCa(context)}: tls-client-ca ` +
            'names it. What each client may do can be said in an access-file (docs/access.md)',
          lines: certificatesWanted(context),
        }
      : { kind: 'none', why: 'it is off' },
};

const NARROWING = ['tls-known-clients-file', 'tls-allow-ca-clients'] as const;

const asksForMore = (name: string, other: OptionContext['other']): boolean =>
  name === 'tls-allow-ca-clients' ? isOn([other(name) ?? '']) : other(name) !== null;

const clientCa = ({ ourPath }: OptionContext): string => ourPath('tls-client-ca.pem');
const accessFile = ({ ourPath }: OptionContext): string => ourPath('access.yaml');

const certificatesWanted = (context: OptionContext): SettingLine[] => [
  ...serverLines(context),
  ['tls-client-ca', clientCa(context)],
  ['tls-client-auth', 'required'],
];

const serverLines = ({ ourPath }: OptionContext): SettingLine[] => [
  ['tls-cert', ourPath('tls-cert.pem')],
  ['tls-key', ourPath('tls-key.pem')],
];

/** With a keystore Web3Signer wants a certificate of every client, unless it is told otherwise. */
function keystore({ values }: { readonly values: readonly string[] }, context: OptionContext): Becomes {
  const { other } = context;
  const anybody = isOn([other('tls-allow-any-client') ?? '']);
  const narrowed = NARROWING.some((name) => asksForMore(name, other));
  const clients =
    anybody || narrowed
      ? ''
      : `. Web3Signer wanted a certificate of every client: put those of the authorities into ${clientCa(context)}`;
  return {
    kind: 'by-hand',
    todo: `${toPem(values[0] ?? '', context)}${clients}`,
    lines: anybody ? serverLines(context) : certificatesWanted(context),
  };
}

function toPem(file: string, { other, pathOf, ourPath }: OptionContext): string {
  const password = other('tls-keystore-password-file');
  // Without a password file openssl asks for the password.
  const passin = password === null ? '' : ` -passin ${shellQuote(`file:${pathOf(password)}`)}`;
  const openssl = `openssl pkcs12 -in ${shellQuote(pathOf(file))}${passin}`;
  const [cert, key] = [ourPath('tls-cert.pem'), ourPath('tls-key.pem')].map(shellQuote);
  return (
    `turn it into PEM: ${openssl} -nokeys -out ${cert}; ` +
    `(umask 077; ${openssl} -nocerts -nodes -out ${key}); tls-cert and tls-key name the two files`
  );
}
