import { parseArgs } from 'node:util';
import { defaultExcludedNamespaces, defaultRestoreLabel } from '../shared/restored.ts';
import { defaultAuthorityDays, defaultServingDays } from './life.ts';
import type { WebhookAddress } from './registration.ts';

export const usage = `Makes a certificate authority and a serving certificate for the webhook.

  node certs/main.ts --out DIR [--dns NAME]… [--ip ADDRESS]… [--days N] [--ca-days N]
                     [--registration FILE (--url URL | --service NAMESPACE/NAME[:PORT])
                      [--restore-label KEY] [--exclude NAMESPACE]… [--restore-namespace NAMESPACE]… [--failure-policy Ignore|Fail] [--timeout SECONDS]]

  node certs/main.ts keep      goes on: in a cluster, makes, renews and rotates them, and looks whether they are trusted
                               (docs/certificates.md)

  --out             the folder to write tls.crt, tls.key and ca.crt to
  --dns, --ip       what the webhook is reached as; with --service its names are added
  --days            how long the serving certificate is valid (${defaultServingDays})
  --ca-days         how long the authority is valid (${defaultAuthorityDays}); its key is not kept
  --registration    the file to write a MutatingWebhookConfiguration to, as JSON, for kubectl apply
  --url             where the API server finds a webhook outside the cluster, https://HOST:PORT/mutate
  --service         the Service of a webhook inside the cluster
  --restore-label   the label of restored pods (${defaultRestoreLabel})
  --exclude         a namespace to leave alone (${defaultExcludedNamespaces.join(', ')})
  --restore-namespace  where Velero's Restores are (velero)
  --failure-policy  what becomes of restored pods while the webhook is down (Ignore)
  --timeout         how long the API server waits for the webhook, 1 to 30 seconds (5)
`;

export interface CertsOptions {
  readonly out: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly days: number;
  readonly authorityDays: number;
  readonly registration: RegistrationRequest | null;
}

export interface RegistrationRequest {
  readonly file: string;
  readonly address: WebhookAddress;
  readonly restoreLabel: string;
  readonly excludedNamespaces: readonly string[];
  readonly restoreNamespaces: readonly string[];
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly timeoutSeconds: number;
}

export type OptionsReading =
  | { readonly ok: true; readonly options: CertsOptions }
  | { readonly ok: false; readonly help: boolean; readonly message: string };

/** Reads the command line's arguments; what is wrong, or the help that was asked for, comes back as a text. */
export function readCertsOptions(args: readonly string[]): OptionsReading {
  try {
    const values = parse(args);
    if (values.help) return { ok: false, help: true, message: usage };
    const service = values.service === undefined ? null : readService(values.service);
    const options: CertsOptions = {
      out: values.out ?? wrong('--out is missing'),
      dnsNames: [...values.dns, ...(service === null ? [] : serviceNames(service))],
      ipAddresses: values.ip,
      days: wholeNumber('--days', values.days, 3_650),
      authorityDays: wholeNumber('--ca-days', values['ca-days'], 3_650),
      registration: values.registration === undefined ? null : readRegistration(values.registration, values, service),
    };
    if (options.dnsNames.length + options.ipAddresses.length === 0) wrong('one of --dns, --ip and --service is needed');
    return { ok: true, options };
  } catch (error) {
    if (!isMisuse(error)) throw error;
    return { ok: false, help: false, message: `${error.message}; --help tells what there is` };
  }
}

class Misuse extends Error {}

function isMisuse(error: unknown): error is Error {
  // What parseArgs throws is known by its codes alone.
  return error instanceof Misuse || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}

type Values = ReturnType<typeof parse>;
type Service = Extract<WebhookAddress, { service: unknown }>['service'];

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      dns: { type: 'string', multiple: true, default: [] },
      ip: { type: 'string', multiple: true, default: [] },
      days: { type: 'string', default: String(defaultServingDays) },
      'ca-days': { type: 'string', default: String(defaultAuthorityDays) },
      registration: { type: 'string' },
      url: { type: 'string' },
      service: { type: 'string' },
      'restore-label': { type: 'string', default: defaultRestoreLabel },
      exclude: { type: 'string', multiple: true, default: [...defaultExcludedNamespaces] },
      'restore-namespace': { type: 'string', multiple: true, default: ['velero'] },
      'failure-policy': { type: 'string', default: 'Ignore' },
      timeout: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

function readRegistration(file: string, values: Values, service: Service | null): RegistrationRequest {
  const failurePolicy = values['failure-policy'];
  if (failurePolicy !== 'Ignore' && failurePolicy !== 'Fail') return wrong('--failure-policy is Ignore or Fail');
  return {
    file,
    address: readAddress(values.url, service),
    restoreLabel: values['restore-label'],
    excludedNamespaces: values.exclude,
    restoreNamespaces: values['restore-namespace'],
    failurePolicy,
    timeoutSeconds: wholeNumber('--timeout', values.timeout, 30),
  };
}

function readAddress(url: string | undefined, service: Service | null): WebhookAddress {
  if (service !== null && url === undefined) return { service };
  if (service !== null || url === undefined) return wrong('--registration needs either --url or --service');
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') return wrong('--url is an https:// URL');
  return { url };
}

function readService(text: string): Service {
  const [, namespace, name, port] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined) return wrong('--service is NAMESPACE/NAME or NAMESPACE/NAME:PORT');
  return { namespace, name, ...(port !== undefined && { port: wholeNumber('the port of --service', port, 65_535) }) };
}

/** The API server asks for NAME.NAMESPACE.svc; a person with a port-forward may ask for more. */
function serviceNames({ namespace, name }: Service): string[] {
  return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : wrong(`${name} is a whole number from 1 to ${most}`);
}

function wrong(message: string): never {
  throw new Misuse(message);
}
