{{/* A list of maps of name and value: what webhook and executor must be given alike. */}}
{{- define "restore-hooks.planningEnv" -}}
- name: RESTORE_HOOKS_MODE
  value: {{ .Values.mode | quote }}
- name: RESTORE_HOOKS_SOURCES
  value: {{ .Values.sources | quote }}
- name: RESTORE_HOOKS_RESTORE_LABEL
  value: {{ .Values.restoreLabel | quote }}
- name: RESTORE_HOOKS_EXCLUDED_NAMESPACES
  value: {{ include "restore-hooks.excludedNamespaces" . | fromJsonArray | join "," | quote }}
- name: RESTORE_HOOKS_RESTORE_NAMESPACES
  value: {{ .Values.restoreNamespaces | join "," | quote }}
- name: RESTORE_HOOKS_TAKEOVER_NAMESPACES
  value: {{ .Values.takeoverNamespaces | join "," | quote }}
- name: RESTORE_HOOKS_SYSTEM_NAMESPACE
  value: {{ .Release.Namespace | quote }}
- name: RESTORE_HOOKS_INHERIT
  value: {{ .Values.inherit | join "," | quote }}
- name: RESTORE_HOOKS_LOOKUP_TIMEOUT_SECONDS
  value: {{ .Values.lookupTimeoutSeconds | toJson | quote }}
- name: RESTORE_HOOKS_DISCOVERY_SECONDS
  value: {{ .Values.discoverySeconds | toJson | quote }}
- name: RESTORE_HOOKS_RESTORES_MEMORY_MIB
  value: {{ .Values.restoresMemoryMiB | toJson | quote }}
- name: RESTORE_HOOKS_LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
- name: RESTORE_HOOKS_PROBE_PORT
  value: '8080'
{{- end -}}

{{- define "restore-hooks.webhookEnv" -}}
{{ include "restore-hooks.planningEnv" . }}
- name: RESTORE_HOOKS_TLS_FOLDER
  value: /etc/restore-hooks/tls
- name: RESTORE_HOOKS_MAX_CONNECTIONS
  value: {{ .Values.webhook.maxConnections | toJson | quote }}
- name: RESTORE_HOOKS_BODY_BUDGET_MIB
  value: {{ .Values.webhook.bodyBudgetMiB | toJson | quote }}
{{- with .Values.webhook.clientCertificates }}
{{- if .authority }}
- name: RESTORE_HOOKS_CLIENT_CA_FILE
  value: /etc/restore-hooks/clients/ca.crt
{{- end }}
{{- if .names }}
- name: RESTORE_HOOKS_CLIENT_NAMES
  value: {{ .names | join "," | quote }}
{{- end }}
{{- end }}
# After the preStop, in which the pod is forgotten by endpoints: API servers that still have connections are told with each answer to close
# them, so that none is cut in the moment it is used.
- name: RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS
  value: {{ .Values.webhook.shutdownDelaySeconds | toJson | quote }}
- name: RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS
  value: {{ .Values.webhook.shutdownGraceSeconds | toJson | quote }}
{{ include "restore-hooks.smallHeap" . }}
{{- end -}}

{{/* Half of Node's young heap, as `npm run` has it: a review or hook leaves little behind, and what is reserved counts as memory in use. */}}
{{- define "restore-hooks.smallHeap" -}}
- name: NODE_OPTIONS
  value: --max-semi-space-size=4
{{- end -}}

{{- define "restore-hooks.certsEnv" -}}
- name: RESTORE_HOOKS_CERTS_MODE
  value: {{ ternary "self" "check" (eq .Values.certificates.mode "self") }}
- name: RESTORE_HOOKS_CERTS_SECRET
  value: {{ include "restore-hooks.tlsSecret" . }}
- name: RESTORE_HOOKS_CERTS_REGISTRATION
  value: {{ include "restore-hooks.fullname" . }}
- name: RESTORE_HOOKS_CERTS_SERVICE
  value: {{ include "restore-hooks.webhook" . }}
- name: RESTORE_HOOKS_SYSTEM_NAMESPACE
  value: {{ .Release.Namespace | quote }}
- name: RESTORE_HOOKS_TLS_FOLDER
  value: /etc/restore-hooks/tls
- name: RESTORE_HOOKS_CERTS_ADDRESS
  value: 127.0.0.1:8443
- name: RESTORE_HOOKS_CERTS_AUTHORITY_DAYS
  value: {{ .Values.certificates.authorityDays | toJson | quote }}
- name: RESTORE_HOOKS_CERTS_DAYS
  value: {{ .Values.certificates.servingDays | toJson | quote }}
- name: RESTORE_HOOKS_CERTS_CHECK_SECONDS
  value: {{ .Values.certificates.checkSeconds | toJson | quote }}
- name: RESTORE_HOOKS_PROBE_PORT
  value: '8081'
- name: RESTORE_HOOKS_LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
{{- end -}}

{{- define "restore-hooks.executorEnv" -}}
{{ include "restore-hooks.planningEnv" . }}
{{ include "restore-hooks.smallHeap" . }}
{{- with .Values.executor }}
- name: RESTORE_HOOKS_MAX_PARALLEL_PODS
  value: {{ .maxParallelPods | toJson | quote }}
- name: RESTORE_HOOKS_OUTPUT_LIMIT_BYTES
  value: {{ .outputLimitBytes | toJson | quote }}
- name: RESTORE_HOOKS_LOG_OUTPUT
  value: {{ .logOutput | quote }}
- name: RESTORE_HOOKS_RECORD_OUTPUT
  value: {{ .recordOutput | quote }}
{{- with .redact }}
- name: RESTORE_HOOKS_REDACT
  value: {{ join "\n" . | quote }}
{{- end }}
- name: RESTORE_HOOKS_PING_INTERVAL_SECONDS
  value: {{ .pingIntervalSeconds | toJson | quote }}
- name: RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS
  value: {{ .shutdownGraceSeconds | toJson | quote }}
- name: RESTORE_HOOKS_LEASE_DURATION_SECONDS
  value: {{ .lease.durationSeconds | toJson | quote }}
- name: RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS
  value: {{ .lease.renewDeadlineSeconds | toJson | quote }}
- name: RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS
  value: {{ .lease.retryPeriodSeconds | toJson | quote }}
- name: RESTORE_HOOKS_FAIL_CLUSTER_WIDE
  value: {{ .failClusterWide | quote }}
- name: RESTORE_HOOKS_FAIL_WINDOW_SECONDS
  value: {{ .failWindowSeconds | toJson | quote }}
- name: RESTORE_HOOKS_HISTORY_HOURS
  value: {{ .historyHours | toJson | quote }}
- name: RESTORE_HOOKS_DRIVE_RESTORES
  value: {{ .driveRestores | quote }}
{{- with .installedAt }}
- name: RESTORE_HOOKS_INSTALLED_AT
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "restore-hooks.giveBackEnv" -}}
- name: RESTORE_HOOKS_SYSTEM_NAMESPACE
  value: {{ .Release.Namespace | quote }}
- name: RESTORE_HOOKS_RESTORE_NAMESPACES
  value: {{ .Values.restoreNamespaces | join "," | quote }}
- name: RESTORE_HOOKS_LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
{{- end -}}
