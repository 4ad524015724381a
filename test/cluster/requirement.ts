/**
 * Throws an Error of two lines, what is wrong and what to do instead, where the embedded cluster cannot run: it needs
 * Linux namespaces, control groups and mounts, and root for all three.
 */
export function requireRoot(platform: string, uid: number | undefined): void {
  const wrong =
    platform !== 'linux'
      ? `The embedded cluster runs on Linux only, and this is ${platform}.`
      : uid !== 0
        ? 'The embedded cluster needs root: it makes network interfaces, mounts and control groups.'
        : null;
  if (wrong === null) return;
  throw new Error(
    `${wrong}\nUse a cluster of your own (kind, minikube) instead: set KUBECONFIG for kubectl, and ` +
      'RESTORE_HOOKS_KUBECONFIG=/path/to/its/kubeconfig for the demo and the tests.',
  );
}
