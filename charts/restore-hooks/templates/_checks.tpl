{{/*
What the schema cannot see, as it is about two values at once, or about where the release goes. Each message names the value.
*/}}
{{- define "restore-hooks.checks" -}}
{{- include "restore-hooks.checkPlace" . -}}
{{- include "restore-hooks.checkNamespaces" . -}}
{{- include "restore-hooks.checkCertificates" . -}}
{{- include "restore-hooks.checkWebhook" . -}}
{{- include "restore-hooks.checkExecutor" . -}}
{{- include "restore-hooks.checkMetrics" . -}}
{{- end -}}

{{- define "restore-hooks.checkPlace" -}}
{{- $place := .Release.Namespace -}}
{{- $own := "install it into a namespace of its own: --namespace restore-hooks --create-namespace" -}}
{{- if has $place (list "default" "kube-system" "kube-public" "kube-node-lease") -}}
{{- fail (printf "--namespace: the release's namespace is left alone by all hooks, so it cannot be %q; %s" $place $own) -}}
{{- end -}}
{{- if not .Values.restoreNamespaces -}}
{{- fail "restoreNamespaces: name at least one, where Velero is or may be; where no Restores are to be looked at, set sources to \"annotations\"" -}}
{{- end -}}
{{- if has $place .Values.restoreNamespaces -}}
{{- fail (printf "restoreNamespaces: %q is Velero's namespace and the release's; whoever removes one removes both: %s" $place $own) -}}
{{- end -}}
{{- $name := include "restore-hooks.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "fullnameOverride: %q cannot be part of a Service's name, which begins with a letter, and has small letters, digits and - alone" $name) -}}
{{- end -}}
{{- end -}}

{{- define "restore-hooks.checkNamespaces" -}}
{{- $excluded := include "restore-hooks.excludedNamespaces" . | fromJsonArray -}}
{{- range .Values.takeoverNamespaces -}}
{{- if has . $excluded -}}
{{- fail (printf "takeoverNamespaces: %q is left alone by all hooks: it is the release's, kube-system, or in excludedNamespaces" .) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.takeoverNamespaces (not (has .Values.mode (list "auto" "takeover"))) -}}
{{- fail (printf "takeoverNamespaces: in mode %q nothing is taken over" .Values.mode) -}}
{{- end -}}
{{- if and (eq .Values.mode "takeover") (eq .Values.sources "annotations") -}}
{{- fail "sources: in mode \"takeover\" the hooks of Restores are taken over, so that sources cannot be \"annotations\"" -}}
{{- end -}}
{{- if and .Values.takeoverNamespaces (eq .Values.sources "annotations") -}}
{{- fail "takeoverNamespaces: with sources \"annotations\" nothing is taken over" -}}
{{- end -}}
{{- if and .Values.tests.enabled (ne .Values.mode "observe") -}}
{{- $instead := "name another one, or set tests.enabled to false" -}}
{{- if has .Values.tests.namespace $excluded -}}
{{- fail (printf "tests.namespace: %q is left alone by all hooks, so helm test could never succeed; %s" .Values.tests.namespace $instead) -}}
{{- end -}}
{{- if and .Values.takeoverNamespaces (not (has .Values.tests.namespace .Values.takeoverNamespaces)) -}}
{{- fail (printf "tests.namespace: %q is not in takeoverNamespaces, so helm test could never succeed beside a Velero; %s" .Values.tests.namespace $instead) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "restore-hooks.checkCertificates" -}}
{{- with .Values.certificates -}}
{{- if eq .mode "secret" -}}
{{- if not .secretName -}}{{- fail "certificates.secretName: mode \"secret\" needs the name of your Secret" -}}{{- end -}}
{{- if not .caBundle -}}{{- fail "certificates.caBundle: mode \"secret\" needs the authority that signed the certificate in your Secret, in PEM" -}}{{- end -}}
{{- else -}}
{{- if .secretName -}}{{- fail (printf "certificates.secretName: only mode \"secret\" takes a Secret of yours; certificates.mode is %q" .mode) -}}{{- end -}}
{{- if .caBundle -}}{{- fail (printf "certificates.caBundle: in mode %q the authority is not given; certificates.mode \"secret\" takes it" .mode) -}}{{- end -}}
{{- end -}}
{{- if and .issuerRef (ne .mode "cert-manager") -}}
{{- fail (printf "certificates.issuerRef: only mode \"cert-manager\" has issuers; certificates.mode is %q" .mode) -}}
{{- end -}}
{{- include "restore-hooks.checkAuthority" (list "certificates.caBundle" .caBundle) -}}
{{- if and (ne .mode "secret") (ge (float64 .servingDays) (float64 .authorityDays)) -}}
{{- fail "certificates.servingDays: less than certificates.authorityDays, or the authority expires under what it signed" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "restore-hooks.checkWebhook" -}}
{{- with .Values.webhook -}}
{{- if eq .failurePolicy "Fail" -}}
{{- if eq (int .replicas) 0 -}}
{{- fail "webhook.replicas: with 0 of them and webhook.failurePolicy \"Fail\", every restored pod would be refused" -}}
{{- end -}}
{{- if eq $.Values.mode "observe" -}}
{{- fail "webhook.failurePolicy: in mode \"observe\" nothing is done to pods, so none is to be refused for it" -}}
{{- end -}}
{{- end -}}
{{- with .clientCertificates -}}
{{- include "restore-hooks.checkAuthority" (list "webhook.clientCertificates.authority" .authority) -}}
{{- if and .names (not .authority) -}}
{{- fail "webhook.clientCertificates.names: a name counts only in a certificate that webhook.clientCertificates.authority has signed" -}}
{{- end -}}
{{- end -}}
{{- if ge (float64 $.Values.lookupTimeoutSeconds) (float64 .timeoutSeconds) -}}
{{- fail "lookupTimeoutSeconds: less than webhook.timeoutSeconds, or a pod is created without its hooks before the question is answered" -}}
{{- end -}}
{{- include "restore-hooks.checkEnv" (list "webhook.extraEnv" (include "restore-hooks.webhookEnv" $) .extraEnv) -}}
{{- end -}}
{{- include "restore-hooks.checkEnv" (list "certificates.extraEnv" (include "restore-hooks.certsEnv" .) .Values.certificates.extraEnv) -}}
{{- end -}}

{{- define "restore-hooks.checkExecutor" -}}
{{- with .Values.executor -}}
{{- if ge (float64 .lease.renewDeadlineSeconds) (float64 .lease.durationSeconds) -}}
{{- fail "executor.lease.renewDeadlineSeconds: less than executor.lease.durationSeconds, or two could lead at once" -}}
{{- end -}}
{{- if ge (mulf .lease.retryPeriodSeconds 1.2) (float64 .lease.renewDeadlineSeconds) -}}
{{- fail "executor.lease.retryPeriodSeconds: less than executor.lease.renewDeadlineSeconds by a factor of 1.2" -}}
{{- end -}}
{{- if and .driveRestores (eq $.Values.sources "annotations") -}}
{{- fail "executor.driveRestores: with sources \"annotations\" no Restores are looked at, so none can be driven" -}}
{{- end -}}
{{- include "restore-hooks.checkEnv" (list "executor.extraEnv" (include "restore-hooks.executorEnv" $) .extraEnv) -}}
{{- end -}}
{{- end -}}

{{- define "restore-hooks.checkMetrics" -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- fail "metrics.podMonitor.enabled: with metrics.serviceMonitor.enabled, too, everything would be scraped, and counted, twice" -}}
{{- end -}}
{{- end -}}

{{/* Certificates in PEM, and no key among them. Takes a list: the value's name, the value. */}}
{{- define "restore-hooks.checkAuthority" -}}
{{- $value := index . 0 -}}
{{- with index . 1 -}}
{{- if not (contains "-----BEGIN CERTIFICATE-----" .) -}}{{- fail (printf "%s: no certificate in PEM" $value) -}}{{- end -}}
{{- if contains "PRIVATE KEY-----" . -}}{{- fail (printf "%s: holds a private key, which would be there for everyone to read" $value) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The API server refuses a variable that is there twice. Takes a list: the value's name, what the chart sets, the value. */}}
{{- define "restore-hooks.checkEnv" -}}
{{- $set := list -}}
{{- range index . 1 | fromYamlArray -}}{{- $set = append $set .name -}}{{- end -}}
{{- $value := index . 0 -}}
{{- range index . 2 -}}
{{- if has .name $set -}}{{- fail (printf "%s: the chart sets %s itself, by a value of its own" $value .name) -}}{{- end -}}
{{- end -}}
{{- end -}}
