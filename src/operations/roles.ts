import { BUILT_IN, NAMESPACE, SCALED_OBJECT, USUAL_SLEEPERS } from '../api/kinds.ts'
import type { OperationName, Spec } from '../api/task.ts'
import type { Discovery, Right } from './contract.ts'
import { operationFor } from './registry.ts'
import { rightsOn, rightsToApply } from './shared/kinds.ts'

/** Of the kinds of others only KEDA's is known without asking a cluster. */
const KEDA: Discovery = {
  find: async (group, kind) =>
    group === SCALED_OBJECT.group && kind === SCALED_OBJECT.kind
      ? { ...SCALED_OBJECT, version: 'v1alpha1', plural: 'scaledobjects' }
      : undefined,
}

/** Who may write these can give himself more rights: they are not in a role that is bound for another purpose. */
const SENSITIVE = ['Secret', 'ServiceAccount', 'Role', 'RoleBinding']
const ORDINARY = BUILT_IN.filter(({ kind }) => !SENSITIVE.includes(kind))

const verify = { timeoutSeconds: 300 }
const workloads = ['Deployment', 'StatefulSet']

/** The most that these can ask for with kinds that need no naming. */
const WIDEST: Pick<Spec['operation'], 'sleep' | 'wake' | 'scale' | 'restart' | 'deleteNamespace' | 'job'> = {
  sleep: { kinds: USUAL_SLEEPERS, replicas: 1, onDelete: 'Wake', verify },
  wake: { kinds: USUAL_SLEEPERS },
  scale: { kinds: workloads, names: [], replicas: 0 },
  restart: { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] },
  deleteNamespace: {},
  job: {},
}

/** What the account of a task with `target.namespaceSelector` needs besides, in the whole cluster. */
export const TO_CHOOSE_NAMESPACES: readonly Right[] = rightsOn([NAMESPACE], ['list'])

/** The ClusterRole of an operation: what its tasks' accounts need, for the kinds that are usual with it. */
export async function roleOf(name: OperationName): Promise<readonly Right[]> {
  switch (name) {
    case 'cleanup':
      return rightsOn(ORDINARY, ['list', 'delete'])
    case 'patch':
      return rightsOn(ORDINARY, ['list', 'patch'])
    case 'apply':
      return rightsToApply(ORDINARY)
    case 'createNamespace':
      return (await operationFor(name, { operation: { createNamespace: {} } } as Spec)?.rights(KEDA)) ?? []
    default:
      return (await operationFor(name, { operation: { [name]: WIDEST[name] } } as unknown as Spec)?.rights(KEDA)) ?? []
  }
}
