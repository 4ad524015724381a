#!/bin/sh
# The annotations of Velero's restore hooks page, word for word, on the pod of pod.yaml.
kubectl annotate pod -n app db \
    post.hook.restore.velero.io/container=postgres \
    post.hook.restore.velero.io/command='["/bin/bash", "-c", "psql < /backup/backup.sql"]' \
    post.hook.restore.velero.io/wait-timeout=5m \
    post.hook.restore.velero.io/exec-timeout=45s \
    post.hook.restore.velero.io/on-error=Continue

# A new PostgreSQL takes a second to accept connections: the hook is to wait for the readiness probe.
kubectl annotate pod -n app db \
    post.hook.restore.velero.io/wait-for-ready=true
