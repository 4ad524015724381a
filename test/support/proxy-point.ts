/** A request on its way through a proxy, as far as it tells what it is about. */
export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: string;
}

/** What a request is about, without what differs from run to run. */
export interface RequestShape {
  /** For example `PATCH hookrun/status Claimed,Waiting`, `POST event HookStarted`, `exec hook`. */
  readonly shape: string;
  /** The name of the pod it concerns. null: none. */
  readonly pod: string | null;
}

/** A moment of a client's life, as seen between it and its server. */
export interface Point {
  /** Of a request: before it is forwarded, before its answer is passed on. Of an exec's frame: before it is, either way. */
  readonly phase: 'request' | 'answer' | 'frame out' | 'frame in';
  readonly shape: string;
  readonly pod: string | null;
  /** Phase, shape, and which one of those of this pod it is: the same from run to run. */
  readonly label: string;
}

/** Of a HookRun's name, which ends with its pod's UID. */
const uidSuffix = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells what a request of an executor is about. */
export function shapeOf({ method, url, body }: ProxiedRequest): RequestShape {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const parts = pathname.split('/').filter((part) => part !== '');
  const named = parts.indexOf('namespaces');
  const [resource = pathname, name = '', subresource = ''] = named === -1 ? ownPath(parts) : parts.slice(named + 2);
  const isWatch = searchParams.get('watch') !== null;
  if (subresource === 'exec') {
    return { shape: `exec ${kindOfCommand(searchParams.getAll('command'))}`, pod: name };
  }
  const slash = subresource === '' ? '' : `/${subresource}`;
  if (resource === 'pods' && name !== '') return { shape: `${method} pod${slash}`, pod: name };
  if (resource === 'hookruns' && named !== -1) {
    const pod = name === '' ? podOfHookRun(body) : name.replace(uidSuffix, '');
    const states = method === 'PATCH' ? ` ${statesOf(body).join(',')}` : '';
    return { shape: `${method} hookrun${slash}${states}`, pod };
  }
  if (resource === 'events') {
    const { reason = '', regarding = {} } = JSON.parse(body) as EventBody;
    return { shape: `${method} event ${reason}`, pod: regarding.name ?? null };
  }
  if (resource === 'leases') {
    // Members' Leases bear the identity of a process.
    const lease = name === '' && body !== '' ? nameOf(body) : name;
    const whose = lease.startsWith('restore-hooks-executor-') ? 'member' : lease;
    return { shape: `${method} lease ${whose}`.trim(), pod: null };
  }
  return { shape: `${isWatch ? 'WATCH' : method} ${[resource, name].join(' ')}${slash}`.trim(), pod: null };
}

interface EventBody {
  readonly reason?: string;
  readonly regarding?: { readonly name?: string };
}

function ownPath(parts: readonly string[]): string[] {
  // /api/v1/pods and /apis/GROUP/VERSION/RESOURCE are of all namespaces; what is shorter is discovery.
  const after = parts[0] === 'api' ? 2 : 3;
  return parts.length > after ? parts.slice(after) : [`discovery of ${parts.join('/')}`];
}

function podOfHookRun(body: string): string | null {
  const { spec } = JSON.parse(body) as { readonly spec?: { readonly pod?: { readonly name?: string } } };
  return spec?.pod?.name ?? null;
}

function nameOf(body: string): string {
  const { metadata } = JSON.parse(body) as { readonly metadata?: { readonly name?: string } };
  return metadata?.name ?? '';
}

/** Of the hooks, as a HookRun's status is to have them. */
function statesOf(body: string): string[] {
  const { status } = JSON.parse(body) as {
    readonly status?: { readonly exec?: readonly { readonly state: string }[] };
  };
  return (status?.exec ?? []).map(({ state }) => state);
}

/** A hook's own command, or the one by which the process group of an earlier one is ended. */
function kindOfCommand(command: readonly string[]): string {
  const signal = /^kill -(\w+) -\d+$/.exec(command.at(-1) ?? '')?.[1];
  return signal === undefined ? 'hook' : `kill ${signal}`;
}
