import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import { chartFolder, valueFlags, type Values } from '../support/release.ts';

interface Note {
  readonly when: string;
  readonly values: Values;
  readonly says: readonly string[];
  readonly silentAbout: readonly string[];
}

const test = 'helm test hooks --namespace backup-system';
const definitions = 'kubectl delete crd hookruns.restorehooks.io restorehookpolicies.restorehooks.io';

describe('what helm says after an install', () => {
  it.each<Note>([
    {
      when: 'nothing is set',
      values: {},
      says: [
        `restore-hooks ${manifest.version} is installed in the namespace backup-system.`,
        test,
        'annotate pod',
        definitions,
      ],
      silentAbout: ['refused', 'plan'],
    },
    {
      when: 'there is no test',
      values: { 'tests.enabled': false, restoreLabel: 'example.com/restore' },
      says: ['--labels=example.com/restore=try', 'annotate pod'],
      silentAbout: [test],
    },
    {
      when: 'it only observes',
      values: { mode: 'observe' },
      says: ['restore-hooks plan -f - --as-restored'],
      silentAbout: [test, 'annotate pod', 'get hookruns'],
    },
    {
      when: 'pods may be refused, and nothing is kept',
      values: { 'webhook.failurePolicy': 'Fail', 'crds.keep': false },
      says: ['restored pods are refused'],
      silentAbout: [definitions],
    },
  ])(
    'has the first command to try, when $when',
    async ({ values, says, silentAbout }) => {
      const helm = await ensureTool('helm', silent);
      const args = ['install', 'hooks', chartFolder, '--namespace', 'backup-system', '--dry-run=client'];
      // No cluster is asked, whichever there is.
      const env = { ...process.env, KUBECONFIG: '/dev/null' };
      const { stdout } = await promisify(execFile)(helm, [...args, ...valueFlags(values)], {
        env,
        maxBuffer: 64 * 1024 * 1024,
      });
      const notes = stdout.slice(stdout.lastIndexOf('\nNOTES:\n'));
      expect(notes.startsWith('\nNOTES:\n')).toBe(true);
      for (const text of says) expect(notes).toContain(text);
      for (const text of silentAbout) expect(notes).not.toContain(text);
    },
    900_000,
  );
});
