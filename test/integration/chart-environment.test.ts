import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { keepEnvironment } from '../../certs/keep-config.ts';
import { executorEnvironment } from '../../executor/config.ts';
import { giveBackEnvironment } from '../../executor/give-back-config.ts';
import { readEnvironment, type Environment, type EnvironmentReading } from '../../shared/service/environment.ts';
import { readWebhookConfig } from '../../webhook/config.ts';
import { matrix } from '../support/chart-matrix.ts';
import { podsOf, render, type RenderedContainer } from '../support/rendered-chart.ts';

/** By the name of the container. */
const readers: Readonly<Record<string, (env: Environment) => EnvironmentReading<unknown>>> = {
  certs: (env) => readEnvironment(keepEnvironment, env),
  webhook: readWebhookConfig,
  executor: (env) => readEnvironment(executorEnvironment, env),
  'give-back': (env) => readEnvironment(giveBackEnvironment, env),
};

/** What the chart sets otherwise than the processes would by themselves, and why they would not. */
const others: Readonly<Record<string, object>> = {
  certs: {},
  webhook: {},
  executor: {},
  'give-back': {},
};

async function containers(
  values: Readonly<Record<string, unknown>>,
  options: { readonly namespace?: string; readonly release?: string } = {},
): Promise<readonly RenderedContainer[]> {
  const pods = (await render(values, options)).flatMap(podsOf);
  const all = pods.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);
  return all.filter(({ name }) => name in readers);
}

function environmentOf({ env = [] }: RenderedContainer): Environment {
  const own = env.filter(({ name }) => name.startsWith('RESTORE_HOOKS_'));
  return Object.fromEntries(own.map(({ name, value }) => [name, value]));
}

describe('the environment that the chart gives to each process', () => {
  let defaults: readonly RenderedContainer[];
  let documented: string;
  beforeAll(async () => {
    defaults = await containers({});
    const pages = ['configuration.md', 'certificates.md'].map((page) => join(import.meta.dirname, '../../docs', page));
    documented = (await Promise.all(pages.map((page) => readFile(page, 'utf8')))).join('\n');
  }, 60_000);

  it.each(matrix)(
    'is one that it takes, with $what',
    async ({ values, namespace = 'restore-hooks', release = 'restore-hooks' }) => {
      const found = await containers(values, { namespace, release });
      const refused = found.flatMap((container) => {
        const reading = readers[container.name]?.(environmentOf(container));
        return reading?.ok === true ? [] : `${container.name}: ${reading?.message ?? 'no reader'}`;
      });
      expect(refused).toEqual([]);
      const expected = values['giveBack.enabled'] === false ? 3 : 4;
      expect(found.length).toBe(expected);
    },
    60_000,
  );

  it.each(Object.keys(readers))('is what is so without one, unless there is a reason: %s', (name) => {
    const container = defaults.find((each) => each.name === name);
    if (container === undefined) throw new Error(`there is no container ${name}`);
    const [given, own] = [environmentOf(container), {}].map((env) => readers[name]?.(env));
    if (given?.ok !== true || own?.ok !== true) throw new Error('an environment was refused');
    expect(given.config).toEqual({ ...(own.config as object), ...others[name] });
  });

  it('has no variable that the documentation does not know', () => {
    const names = defaults.flatMap((container) => Object.keys(environmentOf(container)));
    expect([...new Set(names)].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
    expect(names.length).toBeGreaterThan(50);
  });
});
