import { spawn } from 'node:child_process';

/** A cluster as kubectl needs it. */
export interface KubectlTarget {
  readonly kubectl: string;
  readonly kubeconfig: string;
}

export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs kubectl against a cluster. Rejects, with all that it said, if it fails.
 *
 * @param input given to its standard input
 */
export function kubectl(target: KubectlTarget, args: readonly string[], input = ''): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(target.kubectl, ['--kubeconfig', target.kubeconfig, ...args], { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(`kubectl ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}${stdout}`));
    });
    child.stdin.on('error', () => child.kill());
    child.stdin.end(input);
  });
}

/** Reads one object, or a list, as JSON. */
export async function kubectlJson<T>(target: KubectlTarget, args: readonly string[]): Promise<T> {
  const { stdout } = await kubectl(target, [...args, '-o', 'json']);
  return JSON.parse(stdout) as T;
}
