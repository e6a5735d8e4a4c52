{{- define "rota.fullname" -}}
{{- $name := .Release.Name -}}
{{- if not (contains "rota" $name) }}{{ $name = printf "%s-rota" $name }}{{ end -}}
{{- $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "rota.serviceAccountName" -}}
{{- default (include "rota.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "rota.selectorLabels" -}}
app.kubernetes.io/name: rota
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Beside the labels that say what an object is part of. */ -}}
{{- define "rota.releaseLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "rota.labels" -}}
app.kubernetes.io/name: rota
app.kubernetes.io/component: controller
app.kubernetes.io/part-of: rota
{{ include "rota.releaseLabels" . }}
{{- end -}}

{{- define "rota.image" -}}
{{- $why := "image.repository: there is no image of Rota that everybody could use. Build it, push it to your registry, and name it: --set image.repository=registry.example.com/rota" -}}
{{- $repository := required $why .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- /* The namespaces that the operator serves, as flags. */ -}}
{{- define "rota.scope" -}}
{{- range .Values.namespaces }}
- --namespace={{ . }}
{{- end }}
{{- if ne (int .Values.shards) 1 }}
- --shards={{ .Values.shards }}
{{- end }}
{{- end -}}

{{- /* What all pods have in common: nothing is written, nobody is root. dict root, args */ -}}
{{- define "rota.container" -}}
image: {{ include "rota.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
env:
  - name: POD_NAMESPACE
    valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
  {{- with .root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  {{- toYaml .root.Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  readOnlyRootFilesystem: true
{{- end -}}

{{- define "rota.pod" -}}
serviceAccountName: {{ include "rota.serviceAccountName" . }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "rota.podMetadata" -}}
{{- with .Values.podAnnotations }}
annotations: {{ toYaml . | nindent 2 }}
{{- end }}
labels:
  {{- include "rota.selectorLabels" . | nindent 2 }}
  app.kubernetes.io/part-of: rota
  {{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
