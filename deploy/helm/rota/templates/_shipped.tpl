{{- /*
The objects in a file of deploy/rbac, of which files/ has a copy, for this release: its namespace, its account, its labels;
as a list of YAML texts under "objects". dict root, file
*/ -}}
{{- define "rota.objects" -}}
{{- $root := .root -}}
{{- $account := include "rota.serviceAccountName" $root -}}
{{- $user := printf "system:serviceaccount:%s:%s" $root.Release.Namespace $account -}}
{{- $text := $root.Files.Get (printf "files/%s" .file) | replace "system:serviceaccount:rota-system:rota" $user -}}
{{- $objects := list -}}
{{- range regexSplit "(?m)^---$" $text -1 -}}
{{- $object := fromYaml . -}}
{{- if and $object.kind (not (has $object.kind (list "Namespace" "ServiceAccount"))) (include "rota.isWanted" (dict "root" $root "name" $object.metadata.name)) -}}
{{- $_ := merge $object.metadata.labels (include "rota.releaseLabels" $root | fromYaml) -}}
{{- if $object.metadata.namespace }}{{ $_ := set $object.metadata "namespace" $root.Release.Namespace }}{{ end -}}
{{- if $object.subjects }}{{ $_ := set $object "subjects" (list (dict "kind" "ServiceAccount" "name" $account "namespace" $root.Release.Namespace)) }}{{ end -}}
{{- $objects = append $objects $object -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "objects" $objects) -}}
{{- end -}}

{{- /* Whether a role is for an operation that is wanted, or for no operation. dict root, name */ -}}
{{- define "rota.isWanted" -}}
{{- $part := regexReplaceAll "^rota:(impersonation:)?" .name "" -}}
{{- $operations := list "sleep" "wake" "scale" "restart" "cleanup" "createNamespace" "deleteNamespace" "patch" "apply" "job" -}}
{{- if or (not .root.Values.operations) (has $part .root.Values.operations) (not (has $part $operations)) }}yes{{ end -}}
{{- end -}}

{{- /* A file for all namespaces, or with values.namespaces for these. dict root, file */ -}}
{{- define "rota.shipped" -}}
{{- $root := .root -}}
{{- range (include "rota.objects" . | fromYaml).objects -}}
{{- $object := . -}}
{{- if or (not $root.Values.namespaces) .metadata.namespace }}
---
{{ toYaml . }}
{{- else if hasPrefix "ValidatingAdmissionPolicy" .kind }}
---
{{ include "rota.limitedPolicy" (dict "root" $root "object" .) }}
{{- else -}}
{{- range $root.Values.namespaces }}
---
{{ include "rota.limitedRole" (dict "object" $object "namespace" .) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* A ClusterRole, or its binding, for one namespace. dict object, namespace */ -}}
{{- define "rota.limitedRole" -}}
{{- $copy := deepCopy .object -}}
{{- $_ := set $copy "kind" (trimPrefix "Cluster" $copy.kind) -}}
{{- $_ := set $copy.metadata "namespace" .namespace -}}
{{- if $copy.roleRef }}{{ $_ := set $copy.roleRef "kind" "Role" }}{{ end -}}
{{- if $copy.rules -}}
{{- $rules := list -}}
{{- /* Who may read, and whether, is asked of the cluster: no Role can grant that. */ -}}
{{- range $copy.rules }}{{ if not (has (first .apiGroups) (list "authentication.k8s.io" "authorization.k8s.io")) }}{{ $rules = append $rules . }}{{ end }}{{ end -}}
{{- $_ := set $copy "rules" $rules -}}
{{- end -}}
{{- toYaml $copy -}}
{{- end -}}

{{- /* The parts of the aggregated role in one Role for each namespace: Roles are not aggregated. dict root, file */ -}}
{{- define "rota.limitedImpersonation" -}}
{{- $root := .root -}}
{{- $rules := list -}}
{{- range (include "rota.objects" . | fromYaml).objects -}}
{{- /* What is of the cluster is out of reach. */ -}}
{{- if not (has .metadata.name (list "rota:impersonation:createNamespace" "rota:impersonation:namespaceSelector")) -}}
{{- $rules = concat $rules (default list .rules) -}}
{{- end -}}
{{- end -}}
{{- range $root.Values.namespaces }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: rota:impersonation
  namespace: {{ . }}
  labels:
    {{- include "rota.labels" $root | nindent 4 }}
rules:
  {{- toYaml $rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: rota:impersonation
  namespace: {{ . }}
  labels:
    {{- include "rota.labels" $root | nindent 4 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "rota:impersonation"}
subjects:
  - {kind: ServiceAccount, name: {{ include "rota.serviceAccountName" $root }}, namespace: {{ $root.Release.Namespace }}}
{{- end -}}
{{- end -}}

{{- /* A policy for some namespaces: that of another release is for others. dict root, object */ -}}
{{- define "rota.limitedPolicy" -}}
{{- $prefix := printf "%s." .root.Release.Namespace -}}
{{- $object := deepCopy .object -}}
{{- $_ := set $object.metadata "name" (printf "%s%s" $prefix $object.metadata.name) -}}
{{- if $object.spec.policyName -}}
{{- $_ := set $object.spec "policyName" (printf "%s%s" $prefix $object.spec.policyName) -}}
{{- $in := dict "key" "kubernetes.io/metadata.name" "operator" "In" "values" .root.Values.namespaces -}}
{{- $_ := set $object.spec "matchResources" (dict "namespaceSelector" (dict "matchExpressions" (list $in))) -}}
{{- end -}}
{{- toYaml $object -}}
{{- end -}}
