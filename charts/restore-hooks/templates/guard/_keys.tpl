{{/* Annotations, as lists in CEL. A test holds them to shared/annotations.ts. */}}

{{/* With one of these a pod has an exec hook. */}}
{{- define "restore-hooks.guardCommandKeys" -}}
["post.hook.restore.velero.io/command", "post.hook.restorehooks.io/command", "restorehooks.io/exec"]
{{- end -}}

{{/* Each of these changes what an exec hook runs, where, when, or what comes of it. */}}
{{- define "restore-hooks.guardExecKeys" -}}
["post.hook.restore.velero.io/command", "post.hook.restore.velero.io/container", "post.hook.restore.velero.io/on-error", "post.hook.restore.velero.io/exec-timeout", "post.hook.restore.velero.io/wait-timeout", "post.hook.restore.velero.io/wait-for-ready", "post.hook.restorehooks.io/command", "restorehooks.io/exec"]
{{- end -}}

{{/* What the webhook sets while a pod is created, and nobody but the executor changes later. */}}
{{- define "restore-hooks.guardMarkKeys" -}}
["restorehooks.io/admitted-for", "post.hook.restorehooks.io/command"]
{{- end -}}

{{/*
CEL that is true if one of the annotations differs between two objects' metadata. Takes a list: the keys, the new object's and the old one's
metadata.
*/}}
{{- define "restore-hooks.guardDiffers" -}}
{{ index . 0 }}.exists(key, {{ index . 1 }}.?annotations[?key] != {{ index . 2 }}.?annotations[?key])
{{- end -}}

{{/* CEL that is true if one of the annotations is there. Takes a list: the keys, the metadata. */}}
{{- define "restore-hooks.guardHolds" -}}
{{ index . 0 }}.exists(key, {{ index . 1 }}.?annotations[?key].hasValue())
{{- end -}}
