{{/* The chart's name, or what replaces it. */}}
{{- define "restore-hooks.name" -}}
{{- default .Chart.Name .Values.nameOverride | replace "." "-" | trunc 51 | trimSuffix "-" -}}
{{- end -}}

{{/*
The first part of all names. The longest end that follows it, "-webhook-tls", has 12 characters, and the name of a Service is a DNS
label of 63. What is cut ends in a hash, or two releases with long names could be one.
*/}}
{{- define "restore-hooks.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $derived := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full := default $derived .Values.fullnameOverride | replace "." "-" -}}
{{- if gt (len $full) 51 -}}
{{- printf "%s-%s" ($full | trunc 42 | trimSuffix "-") ($full | sha256sum | trunc 8) -}}
{{- else -}}
{{- $full -}}
{{- end -}}
{{- end -}}

{{- define "restore-hooks.webhook" -}}{{ include "restore-hooks.fullname" . }}-webhook{{- end -}}
{{- define "restore-hooks.executor" -}}{{ include "restore-hooks.fullname" . }}-executor{{- end -}}
{{- define "restore-hooks.clients" -}}{{ include "restore-hooks.fullname" . }}-clients{{- end -}}
{{- define "restore-hooks.giveBack" -}}{{ include "restore-hooks.fullname" . }}-give-back{{- end -}}

{{/* The Secret of the serving certificate: the webhook's own, cert-manager's, or the user's. */}}
{{- define "restore-hooks.tlsSecret" -}}
{{- if eq .Values.certificates.mode "secret" -}}
{{- .Values.certificates.secretName -}}
{{- else -}}
{{- include "restore-hooks.fullname" . }}-webhook-tls
{{- end -}}
{{- end -}}

{{/* Registry, path, tag and digest as one reference. */}}
{{- define "restore-hooks.image" -}}
{{- with .Values.image -}}
{{- .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ with .digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* By which a Service, a Deployment, a policy finds the pods of a component. Takes a list: the root, the component. */}}
{{- define "restore-hooks.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "restore-hooks.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name | replace "." "-" }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of an object. Takes a list: the root, the component. */}}
{{- define "restore-hooks.labels" -}}
{{- $root := index . 0 -}}
{{- $own := include "restore-hooks.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- merge $own $root.Values.extraLabels | toYaml -}}
{{- end -}}

{{/*
Name, namespace, labels, and annotations of an object. Takes a map: root, name, component; and, if need be, namespace ("" for an
object of the cluster), labels and annotations of its own.
*/}}
{{- define "restore-hooks.metadata" -}}
name: {{ .name }}
{{- with (hasKey . "namespace" | ternary .namespace .root.Release.Namespace) }}
namespace: {{ . }}
{{- end }}
labels:
  {{- $labels := include "restore-hooks.labels" (list .root .component) | fromYaml }}
  {{- merge $labels (.labels | default dict) | toYaml | nindent 2 }}
{{- with merge dict (.annotations | default dict) .root.Values.extraAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Whether Restores are looked at: a text, empty for no. */}}
{{- define "restore-hooks.watchesRestores" -}}
{{- if eq .Values.sources "all" -}}true{{- end -}}
{{- end -}}

{{/* Namespaces to leave alone, as JSON: the list that webhook, executor and registration must have alike. */}}
{{- define "restore-hooks.excludedNamespaces" -}}
{{- concat (list "kube-system" .Release.Namespace) .Values.excludedNamespaces | uniq | toJson -}}
{{- end -}}
