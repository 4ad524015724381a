/** Why a hook ended as it did, or was never begun. Each code has its one sentence in `reasonSentence`. */
export type Reason =
  | 'NonZeroExit'
  | 'StartFailed'
  | 'ConnectFailed'
  | 'ConnectionLost'
  | 'ExecTimeout'
  | 'WaitTimeout'
  | 'ContainerNotFound'
  | 'ContainerCompleted'
  | 'PodCompleted'
  | 'PodDeleted'
  | 'PodReplaced'
  | 'Cancelled'
  | 'Interrupted'
  | 'RecordDeleted'
  | 'Missed'
  | 'TooLarge'
  | 'InitFailed'
  | 'InitTimeout';

/** What was kept of one of a command's two output streams. */
export interface OutputTail {
  /** The last bytes, decoded; what is no UTF-8 became U+FFFD. */
  readonly text: string;
  readonly droppedBytes: number;
}

/** How one run of a command ended. */
export type Outcome =
  | { readonly ok: true; readonly exitCode: 0 }
  | { readonly ok: false; readonly reason: Reason; readonly exitCode: number | null; readonly message: string };

/** The sentence of a reason, for people: what happened, without a name of pod or hook. */
export function reasonSentence(reason: Reason): string {
  switch (reason) {
    case 'NonZeroExit':
      return 'the command ended with an exit code other than 0';
    case 'StartFailed':
      return 'the command could not be started in the container';
    case 'ConnectFailed':
      return 'the API server refused the exec, so the command was not started';
    case 'ConnectionLost':
      return 'the connection ended without a status; whether the command succeeded is not known';
    case 'ExecTimeout':
      return 'the command did not end within its exec-timeout';
    case 'WaitTimeout':
      return 'the container was not up, or the pod was busy with an earlier hook, until the wait-timeout; not run';
    case 'ContainerNotFound':
      return 'the pod has no container of that name; not run';
    case 'ContainerCompleted':
      return 'the container has ended and will not be restarted; not run';
    case 'PodCompleted':
      return 'the pod has completed; not run';
    case 'PodDeleted':
      return 'the pod was deleted';
    case 'PodReplaced':
      return 'the pod or its container was replaced while the hook ran, so its result is not believed';
    case 'Cancelled':
      return 'an earlier hook with on-error Fail failed; not run';
    case 'Interrupted':
      return 'the executor was lost while the hook ran; whether the command ran, and how it ended, is not known';
    case 'RecordDeleted':
      return 'the HookRun was deleted, and without it nothing can be run at most once; not run';
    case 'Missed':
      return 'the webhook did not admit the pod as restored; not run';
    case 'TooLarge':
      return 'the plan exceeds the 512 KiB that a HookRun may hold; not run';
    case 'InitFailed':
      return 'the init container ended with an exit code other than 0';
    case 'InitTimeout':
      return 'the init hooks did not complete within the timeout of this one';
  }
}
