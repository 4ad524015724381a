import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';
import { certsMetrics } from '../../../certs/metrics.ts';
import { executorMetrics } from '../../../executor/metrics.ts';
import { createWebhookMetrics } from '../../../webhook/metrics.ts';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const registered = (register: (registry: Registry) => unknown): readonly Metric[] => {
  const registry = new Registry();
  register(registry);
  // The library's own type of them leaves their labels out.
  return registry.getMetricsAsArray() as unknown as Metric[];
};

const own = [...registered(executorMetrics), ...registered(createWebhookMetrics), ...registered(certsMetrics)];
const all = [...own, ...registered((registry) => collectDefaultMetrics({ register: registry }))];
const page = text('docs/metrics.md');
const { groups } = parse(text('charts/restore-hooks/files/alerts.yaml')) as {
  groups: { name: string; rules: Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(text('charts/restore-hooks/files/dashboard.json')) as { panels: Panel[] };
const targets = panels.flatMap((panel) => panel.targets ?? []);

/** What Prometheus adds to every series. */
const added = ['instance', 'job', 'namespace', 'pod'];

/** The series that there are, by name, with their labels. A histogram is three. */
const series = new Map(
  all.flatMap(({ name, type, labelNames }): [string, readonly string[]][] => {
    if (type !== 'histogram') return [[name, labelNames]];
    return [
      [`${name}_bucket`, [...labelNames, 'le']],
      [`${name}_sum`, labelNames],
      [`${name}_count`, labelNames],
    ];
  }),
);

/** Names of series in an expression, each with the labels that are asked of it. */
function seriesIn(expr: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b((?:restore_hooks|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', labels = '']) => ({
      name,
      labels: [...labels.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => label),
    }),
  );
}

const labelsOf = (expr: string) => [...added, ...seriesIn(expr).flatMap(({ name }) => series.get(name) ?? [])];
const groupedBy = (expr: string) =>
  [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
const rows = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, ...cells]) => cells);

describe('docs/metrics.md', () => {
  it('names every metric of ours, and no other, with its type and labels', () => {
    const described = rows(/^\| `(restore_hooks_\w+)` \| (\w+) \|(.*?)\| /gm).map(([name, type, labels = '']) => ({
      name,
      type,
      labelNames: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }));
    const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
      (one.name ?? '').localeCompare(other.name ?? '');
    const expected = own.map(({ name, type, labelNames }) => ({ name, type, labelNames: [...labelNames] }));
    expect(described.sort(byName)).toEqual(expected.sort(byName));
  });

  it('speaks of no metric that there is not', () => {
    const named = [...page.matchAll(/`(restore_hooks_\w+)`/g)].map(([, name]) => name);
    expect(named.filter((name) => !own.some((metric) => metric.name === name))).toEqual([]);
  });

  it('names every alert, with its severity', () => {
    const described = rows(/^\| `(Restore\w+)` \| (\w+) \| /gm);
    expect(described).toEqual(alerts.map(({ alert, labels }) => [alert, labels.severity]));
  });
});

describe('the alerts', () => {
  it('are there, each once', () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  });

  it.each(alerts)('$alert asks for series that there are', ({ expr, annotations, alert }) => {
    expect(seriesIn(expr)).not.toEqual([]);
    for (const { name, labels } of seriesIn(expr)) {
      expect({ alert, name, known: series.has(name) }).toEqual({ alert, name, known: true });
      expect([...added, ...(series.get(name) ?? [])]).toEqual(expect.arrayContaining([...labels]));
    }
    expect(labelsOf(expr)).toEqual(expect.arrayContaining(groupedBy(expr)));
    // What is not grouped by is no label of the alert.
    const told = Object.values(annotations).flatMap((each) =>
      [...each.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label),
    );
    expect(groupedBy(expr)).toEqual(expect.arrayContaining(told));
  });

  it.each(alerts)('$alert says what is wrong, and where to look', ({ labels, annotations }) => {
    expect(['info', 'warning', 'critical']).toContain(labels.severity);
    for (const key of ['summary', 'description', 'runbook']) expect(annotations[key] ?? '').toMatch(/\S.{10,}/);
  });
});

describe('the dashboard', () => {
  it.each(targets)('asks for series that there are: $expr', ({ expr, legendFormat }) => {
    expect(seriesIn(expr)).not.toEqual([]);
    for (const { name, labels } of seriesIn(expr)) {
      expect({ name, known: series.has(name) }).toEqual({ name, known: true });
      expect([...added, ...(series.get(name) ?? [])]).toEqual(expect.arrayContaining([...labels]));
    }
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    expect(labelsOf(expr)).toEqual(expect.arrayContaining([...groupedBy(expr), ...shown]));
  });

  it('shows every metric of ours', () => {
    const shown = targets.flatMap(({ expr }) => seriesIn(expr).map(({ name }) => name.replace(/_bucket$/, '')));
    expect(own.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('has every panel once, under a title, and none over another', () => {
    expect(panels.filter(({ title }) => title === '')).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});
