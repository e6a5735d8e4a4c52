import { listed } from '../lib/text.ts'
import type { Undone } from './contract.ts'

/** Who is known to set replicas, and what keeps them from it. */
const KNOWN: readonly { readonly manager: RegExp; readonly advice: string }[] = [
  {
    manager: /^argocd/,
    advice:
      'Argo CD puts back what is in Git: in the Application add ignoreDifferences with managedFieldsManagers: [rota] (of custom kinds jsonPointers: [/spec/replicas]), and the sync option RespectIgnoreDifferences=true',
  },
  {
    manager: /^(kustomize-controller|helm-controller|flux)/,
    advice:
      'Flux puts back what is in Git: leave replicas (suspend) out of the manifests, or suspend the Kustomization or HelmRelease meanwhile',
  },
  {
    manager: /^keda/,
    advice: 'KEDA scales it: add ScaledObject.keda.sh to kinds, so that its ScaledObject is paused instead',
  },
  {
    manager: /^(vpa|horizontal-pod-autoscaler|kube-controller-manager)/,
    advice:
      'an autoscaler scales it: look at the HorizontalPodAutoscalers of the namespace (one with minReplicas 0 may scale up from 0)',
  },
  { manager: /^kubectl/, advice: 'somebody did it with kubectl: nothing to do if they meant it' },
  {
    manager: /^(kube-downscaler|py-kube-downscaler|kube-green|manager)/,
    advice: 'another scheduler of sleep works on it: exclude the object from one of the two',
  },
]

const UNKNOWN = 'keep it from setting the field, or exclude the object from the task'

/** What a person should know of a run that others have undone, and do about it. */
export function revertedMessage(undone: readonly Undone[]): string {
  const objects = undone.map(({ target, says }) => `${target.kind.kind} ${target.namespace}/${target.name} (${says})`)
  const managers = [...new Set(undone.map(({ by }) => by?.manager ?? 'somebody'))]
  const advices = [...new Set(managers.map(adviceFor))]
  return `undone by ${listed(managers, 3)}: ${listed(objects, 3)}; ${advices.slice(0, 2).join('; ')}`
}

function adviceFor(manager: string): string {
  return KNOWN.find(known => known.manager.test(manager))?.advice ?? UNKNOWN
}
