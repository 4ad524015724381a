import type { ExecutorBench } from '../executor.ts';
import { renderAims } from '../report.ts';
import { burstRows, delaysOf, executorAims, growthOf, spread, type BurstRow } from './summary.ts';

/** The section about a run, in Markdown. It begins with its heading. */
export function renderExecutor(result: ExecutorBench, machine: string, plots: readonly string[]): string {
  return [
    '## The executor, beside bare execs',
    '',
    'The executor’s real process with its defaults, on a real API server and etcd, with nodes of [kwok](https://kwok.sigs.k8s.io), whose exec',
    'runs the hook’s command as a process of this machine: a shell that writes a word into a file. The floor is as many execs of the same',
    'commands by the same client, 20 at a time as the executor has it, from a process that is as new, and nothing else: no look at the pod,',
    'no record, no mark, no Event. Pods are Running when the executor is started; its time is counted from when it leads and has listed',
    'them until the last record and mark is written. Each run is held to every hook having run once, and its HookRun saying so.',
    '',
    `Node ${process.version}, ${machine}, shared by all processes; load average before ${result.loadAverage.toFixed(1)}; ${result.seconds.toFixed(0)} s.`,
    '',
    '### Aims of the executor',
    '',
    ...renderAims(executorAims(result)),
    '',
    '### Time, processor and memory',
    '',
    ...renderBursts(burstRows(result)),
    '',
    'Ratios are executor : floor, the median over the rounds, with the least and the most; the rest is medians, and the peak of RSS the',
    'highest. “Servers” are etcd, the API server and kwok. The executor was ready',
    `${startsOf(result)} s after its start.`,
    '',
    ...renderPace(result),
    '',
    ...plots.map((plot) => `![${plot.replace(/\..*/, '').replaceAll('-', ' ')}](bench/${plot})`),
    '',
    '### What is asked of the API server',
    '',
    ...renderApi(burstRows(result)),
    '',
    'From the API server’s own metrics, the difference between before the executor’s start and after its last Event; Leases, which go by the clock,',
    'are not among the writes. By verb and resource, for each pod:',
    '',
    ...renderRequests(result),
    '',
    'At a pace, a pod’s first mark meets the kubelet’s own write of its status: one of the two goes first, and the mark is not made.',
    '',
    '### Idle, and for long',
    '',
    ...renderLong(result),
    '',
  ].join('\n');
}

/** The same for a terminal. */
export function renderExecutorTerminal(result: ExecutorBench): string {
  const rows = burstRows(result);
  return [
    renderAims(executorAims(result)),
    renderBursts(rows),
    renderPace(result),
    renderApi(rows),
    renderRequests(result),
    [...renderLong(result), '', `${result.seconds.toFixed(0)} s in all; load average before: ${result.loadAverage}`],
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function renderBursts(rows: readonly BurstRow[]): string[] {
  const head = [
    '',
    'floor',
    'executor',
    'ratio',
    'hooks a second',
    'CPU of the client, ms a hook',
    'CPU of the servers, ms a hook',
    'RSS, peak',
  ];
  return table(
    head,
    rows.map((row) => [
      row.what,
      `${row.floorSeconds.toFixed(1)} s`,
      `${row.seconds.toFixed(1)} s`,
      spread(row.ratio),
      `${perSecond(row, row.floorSeconds)} → ${perSecond(row, row.seconds)}`,
      `${row.floorCpuMs.toFixed(1)} → ${row.cpuMs.toFixed(1)}`,
      `${row.floorServerCpuMs.toFixed(1)} → ${row.serverCpuMs.toFixed(1)}`,
      `${row.peakMb.toFixed(0)} MB`,
    ]),
  );
}

function renderPace(result: ExecutorBench): string[] {
  const { median, p95, most } = delaysOf(result);
  const { podsPerSecond, delaysMs } = result.pace;
  return [
    `From the start of a container to the start of its hook’s command, ${delaysMs.length} pods at ${podsPerSecond} a second: median ${median.toFixed(0)} ms,`,
    `p95 ${p95.toFixed(0)} ms, at most ${most.toFixed(0)} ms. The command, a bash that tells its own time, is in it, and so is the write by which the node`,
    'tells that the container runs.',
  ];
}

function renderApi(rows: readonly BurstRow[]): string[] {
  return table(
    ['', 'watches on pods', 'requests a pod', 'writes a pod besides Events', 'Events a pod', 'Events dropped'],
    rows.map((row) => [
      row.what,
      String(row.podWatches),
      row.requestsPerPod.toFixed(2),
      row.writesPerPod.toFixed(2),
      row.eventsPerPod.toFixed(2),
      String(row.eventsDropped),
    ]),
  );
}

/** Of the last round of each burst, and at a pace; what is by the clock alone is left out. */
function renderRequests({ bursts, pace }: ExecutorBench): string[] {
  const rows = burstRows({ bursts });
  const columns = bursts.map(({ pods, rounds }, index) => ({
    head: rows[index]?.what ?? '',
    pods,
    requests: rounds.at(-1)?.executor.requests ?? new Map<string, number>(),
  }));
  const paced = { head: `${pace.podsPerSecond} pods a second`, pods: pace.delaysMs.length, requests: pace.requests };
  const all = [...columns, paced];
  const names = new Set(
    all.flatMap(({ pods, requests }) => [...requests].flatMap(([name, count]) => (count >= pods / 100 ? name : []))),
  );
  return table(
    ['', ...all.map(({ head }) => head)],
    [...names]
      .sort()
      .map((name) => [name, ...all.map(({ pods, requests }) => ((requests.get(name) ?? 0) / pods).toFixed(2))]),
  );
}

function renderLong({ idle, soak }: ExecutorBench): string[] {
  const { hooks, fromMb, byMb } = growthOf(soak);
  const pods = idle.pods.toLocaleString('en');
  return table(
    ['', 'found'],
    [
      [`started beside ${pods} finished pods`, `ready after ${idle.startSeconds.toFixed(1)} s`],
      ['idle there, CPU', `${(idle.busy * 100).toFixed(2)} % of a processor`],
      ['idle there, RSS', `${idle.memory.rssMb.toFixed(0)} MB (peak ${idle.memory.peakMb.toFixed(0)})`],
      ['idle there, requests', `${idle.requestsPerMinute.toFixed(0)} a minute, ${idle.podWatches} watch on pods`],
      [
        `soak, ${hooks.toLocaleString('en')} hooks in ${soak.seconds.toFixed(0)} s, ${soak.hooksPerWave.toLocaleString('en')} a wave`,
        `RSS ${fromMb.toFixed(0)} MB after warm-up, ${byMb >= 0 ? '+' : ''}${byMb.toFixed(1)} MB at the end`,
      ],
    ],
  );
}

function startsOf({ bursts, idle }: ExecutorBench): string {
  const starts = bursts.flatMap(({ rounds }) => rounds.map(({ executor }) => executor.startSeconds));
  const all = [...starts, idle.startSeconds];
  return `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}`;
}

function perSecond({ pods, hooks }: BurstRow, seconds: number): string {
  return ((pods * hooks) / seconds).toFixed(0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
}
