{{/*
Labels and annotations of a pod. Takes a map: root, component, values (of the component).
*/}}
{{- define "restore-hooks.podMetadata" -}}
labels:
  {{- $labels := include "restore-hooks.labels" (list .root .component) | fromYaml }}
  {{- merge $labels (.values.podLabels | default dict) | toYaml | nindent 2 }}
{{- with merge dict (.values.podAnnotations | default dict) .root.Values.extraAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
What the specs of all pods have in common. Takes a map: root, values (of the component).
*/}}
{{- define "restore-hooks.podSpec" -}}
{{- $all := .root.Values -}}
securityContext:
  {{- toYaml $all.podSecurityContext | nindent 2 }}
# For a Service called restore-hooks-webhook they would set variables that look like this system's own.
enableServiceLinks: false
{{- with $all.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName | default $all.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector | default $all.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations | default $all.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity | default $all.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
What all containers have in common. Takes a map: root, resources.
*/}}
{{- define "restore-hooks.container" -}}
image: {{ include "restore-hooks.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- toYaml .root.Values.securityContext | nindent 2 }}
{{- with .resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
Over nodes and zones, as far as it can be had: a pod that waits for room would be worse. By the hash of the template, or the pods
that a rollout is about to end would count. Takes a map: root, component, values (of the component).
*/}}
{{- define "restore-hooks.topologySpread" -}}
{{- if .values.topologySpreadConstraints -}}
{{- toYaml .values.topologySpreadConstraints -}}
{{- else -}}
{{- $selector := include "restore-hooks.selector" (list .root .component) -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- $selector | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}
{{- end -}}

{{/*
Probes by HTTP of a long-lived container, at the port of this name.
*/}}
{{- define "restore-hooks.probes" -}}
livenessProbe:
  httpGet:
    path: /healthz
    port: {{ . }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet:
    path: /readyz
    port: {{ . }}
  periodSeconds: 5
  timeoutSeconds: 3
{{- end -}}
