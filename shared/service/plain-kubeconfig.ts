import { dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** What is read of a kubeconfig that asks for nothing but TLS material and a token. */
export interface PlainAccess {
  readonly server: string;
  readonly ca: PemSource;
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly token: { readonly text: string } | { readonly file: string } | null;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Of both, the file counts. */
export interface PemSource {
  readonly file?: string | undefined;
  readonly base64?: string | undefined;
}

const filled = z.string().min(1);
/** The current cluster and user: a field that is not named here may ask for more than is done here. */
const plainCluster = z.strictObject({
  server: z.string().startsWith('https://'),
  'certificate-authority': filled.optional(),
  'certificate-authority-data': filled.optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': filled.optional(),
  extensions: z.unknown().optional(),
});
const plainUser = z.strictObject({
  'client-certificate': filled.optional(),
  'client-certificate-data': filled.optional(),
  'client-key': filled.optional(),
  'client-key-data': filled.optional(),
  token: filled.optional(),
});
/** All others: what the client library would refuse is left to it. */
const plainFile = z.object({
  'current-context': filled,
  contexts: z.array(z.object({ name: filled, context: z.object({ cluster: filled, user: filled.optional() }) })),
  clusters: z.array(z.object({ name: filled, cluster: z.looseObject({ server: filled }) })),
  // Of any user, the library reads it while it loads the file.
  users: z.array(z.object({ name: filled, user: z.looseObject({ 'token-file': z.undefined().optional() }) })),
});

/**
 * Reads a kubeconfig that names an https server, its authority, and a token or a client certificate.
 *
 * @param path of the file, to which relative paths in it are relative
 * @returns null for any other, and for one that is wrong in any way: it is the client library's to read, or to refuse.
 */
export function readPlainKubeconfig(text: string, path: string): PlainAccess | null {
  const file = plainFile.safeParse(parseYaml(text)).data;
  const current = file?.contexts.find(({ name }) => name === file['current-context'])?.context;
  const cluster = plainCluster.safeParse(file?.clusters.find(({ name }) => name === current?.cluster)?.cluster).data;
  const user = plainUser.safeParse(file?.users.find(({ name }) => name === current?.user)?.user).data;
  if (cluster === undefined || user === undefined) return null;
  const source = (named: string | undefined, base64: string | undefined): PemSource => ({
    file: named === undefined || isAbsolute(named) ? named : join(dirname(path), named),
    base64,
  });
  return {
    server: cluster.server.replace(/\/$/, ''),
    ca: source(cluster['certificate-authority'], cluster['certificate-authority-data']),
    cert: source(user['client-certificate'], user['client-certificate-data']),
    key: source(user['client-key'], user['client-key-data']),
    token: user.token === undefined ? null : { text: user.token },
    ...(cluster['tls-server-name'] !== undefined && { servername: cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch {
    return null;
  }
}
