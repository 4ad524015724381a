{{/*
A ValidatingAdmissionPolicy and its binding; nothing if the value says off. Takes a map: root; value, the name of its value under
`guard`; name, the end of its name; spec, the name of the template of what it judges.

An error while it is evaluated counts as a refusal, and the binding says what comes of that. So nothing but what is to be guarded may
get past the matchConditions, and these must not fail on any object: what may be absent is asked for by `.?`.
*/}}
{{- define "restore-hooks.guard" -}}
{{- $action := get .root.Values.guard .value | toString -}}
{{- /* In YAML an unquoted off is false. */ -}}
{{- if not (has $action (list "off" "false")) -}}
{{- $name := printf "%s-guard-%s" (include "restore-hooks.fullname" .root) .name | trunc 63 | trimSuffix "-" -}}
{{- $metadata := dict "root" .root "component" "guard" "name" $name "namespace" "" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  {{- include "restore-hooks.metadata" $metadata | nindent 2 }}
spec:
  failurePolicy: Fail
  {{- include .spec .root | nindent 2 }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "restore-hooks.metadata" $metadata | nindent 2 }}
spec:
  policyName: {{ $name }}
  validationActions: [{{ $action }}]
{{- end -}}
{{- end -}}

{{/*
The accounts of the release that write what is guarded, and whom else the values name. First of all conditions, since it costs least.
*/}}
{{- define "restore-hooks.guardStrangers" -}}
{{- $users := .Values.guard.exemptUsers -}}
{{- range list (include "restore-hooks.executor" .) (include "restore-hooks.giveBack" .) -}}
{{- $users = append $users (printf "system:serviceaccount:%s:%s" $.Release.Namespace .) -}}
{{- end -}}
- name: not-the-executor
  expression: >-
    !(request.userInfo.username in {{ $users | toJson }})
{{- end -}}

{{/* Kubelets write the status of every pod in the cluster, and the mirrors of static pods, which no restore makes. */}}
{{- define "restore-hooks.guardNoKubelets" -}}
- name: not-a-kubelet
  expression: >-
    !('system:nodes' in request.userInfo.?groups.orValue([]))
{{- end -}}

{{/* Namespaces without hooks; kube-system must start whatever becomes of the guard. */}}
{{- define "restore-hooks.guardNamespaces" -}}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
        {{- include "restore-hooks.excludedNamespaces" . | fromJsonArray | toYaml | nindent 8 }}
{{- end -}}
