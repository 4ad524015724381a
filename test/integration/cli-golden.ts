// The examples of Velero's page on restore hooks, and what is planned for them, element by element.

/** A pod after the page's two `kubectl annotate` commands, and a backup. */
export const annotated = `apiVersion: v1
kind: Pod
metadata:
  name: db
  namespace: app
  uid: 4b8d9f2e-8a4e-4a57-9a0b-3f8f2f1f6a10
  resourceVersion: "512"
  creationTimestamp: "2026-03-01T10:00:00Z"
  labels:
    app: db
  ownerReferences:
  - apiVersion: apps/v1
    kind: StatefulSet
    name: db
    controller: true
  annotations:
    init.hook.restore.velero.io/container-name: restore-hook
    init.hook.restore.velero.io/container-image: alpine:latest
    init.hook.restore.velero.io/command: '["/bin/ash", "-c", "date"]'
    post.hook.restore.velero.io/container: postgres
    post.hook.restore.velero.io/command: '["/bin/bash", "-c", "psql < /backup/backup.sql"]'
    post.hook.restore.velero.io/wait-timeout: 5m
    post.hook.restore.velero.io/exec-timeout: 45s
    post.hook.restore.velero.io/on-error: Continue
spec:
  nodeName: node-1
  containers:
  - name: postgres
    image: postgres:17
status:
  phase: Running
`;

export const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: app
spec:
  template:
    metadata:
      labels:
        app: web
    spec:
      volumes:
      - name: pvc1-vm
        emptyDir: {}
      - name: pvc2-vm
        emptyDir: {}
      containers:
      - name: sidecar
        image: busybox
      - name: postgres
        image: postgres:17
`;

const stampOf = (restore: string) => ({
  op: 'add',
  path: '/metadata/annotations/restorehooks.io~1admitted-for',
  value: restore,
});

const restoreHook = { name: 'restore-hook', image: 'alpine:latest', command: ['/bin/ash', '-c', 'date'] };
export const annotationExample = {
  pod: 'app/db',
  restored: true,
  restore: 'r1',
  init: [restoreHook],
  patch: [{ op: 'add', path: '/spec/initContainers', value: [restoreHook] }, stampOf('r1')],
  exec: [
    {
      container: 'postgres',
      command: ['/bin/bash', '-c', 'psql < /backup/backup.sql'],
      onError: 'Continue',
      execTimeoutMs: 45_000,
      waitTimeoutMs: 300_000,
      waitForReady: false,
      source: 'annotation',
      rule: null,
    },
  ],
  warnings: [],
};

const initContainers = [
  {
    name: 'restore-hook-init1',
    image: 'alpine:latest',
    command: ['/bin/ash', '-c', 'echo -n "FOOBARBAZ" >> /restores/pvc1-vm/foobarbaz'],
    volumeMounts: [{ name: 'pvc1-vm', mountPath: '/restores/pvc1-vm' }],
  },
  {
    name: 'restore-hook-init2',
    image: 'alpine:latest',
    command: ['/bin/ash', '-c', 'echo -n "DEADFEED" >> /restores/pvc2-vm/deadfeed'],
    volumeMounts: [{ name: 'pvc2-vm', mountPath: '/restores/pvc2-vm' }],
  },
];
export const initExample = {
  pod: 'app/web',
  restored: true,
  restore: 'r2',
  init: initContainers,
  patch: [{ op: 'add', path: '/spec/initContainers', value: initContainers }, stampOf('r2')],
  exec: [],
  warnings: [],
};

const fromRule = { execTimeoutMs: 60_000, waitForReady: false, source: 'restore', rule: 'restore-hook-1' };
export const execExample = {
  pod: 'app/web',
  restored: true,
  restore: 'r2',
  init: [],
  patch: [stampOf('r2')],
  exec: [
    {
      ...fromRule,
      container: 'postgres',
      command: ['/bin/bash', '-c', 'while ! pg_isready; do sleep 1; done'],
      onError: 'Fail',
      waitTimeoutMs: 300_000,
    },
    {
      ...fromRule,
      container: 'postgres',
      command: ['/bin/bash', '-c', 'psql < /backup/backup.sql'],
      onError: 'Continue',
      waitTimeoutMs: 360_000,
    },
    {
      ...fromRule,
      container: 'sidecar',
      command: ['/bin/bash', '-c', 'date > /start'],
      onError: 'Continue',
      execTimeoutMs: 30_000,
      waitTimeoutMs: null,
    },
  ],
  warnings: [],
};

export const notRestored = {
  pod: 'app/web',
  restored: false,
  restore: null,
  init: [],
  patch: [],
  exec: [],
  warnings: [],
};
