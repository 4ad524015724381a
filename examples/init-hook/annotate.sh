#!/bin/sh
# The annotations of Velero's restore hooks page, word for word, on the pod of pod.yaml.
kubectl annotate pod -n app web \
    init.hook.restore.velero.io/container-name=restore-hook \
    init.hook.restore.velero.io/container-image=alpine:latest \
    init.hook.restore.velero.io/command='["/bin/ash", "-c", "date"]'
