import { afterEach, beforeAll } from 'vitest'
import { stringify } from 'yaml'
import type { HistoryEntry } from '../../../src/api/task.ts'
import type { Preview, RunAhead } from '../../../src/cli/preview/model.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { captured } from '../../builders/captured.ts'
import { shipRoles } from '../../harness/accounts.ts'
import { type Api, apiOf, cronJob, deployment, statefulSet } from '../../harness/api.ts'
import { createNamespace, sharedCluster } from '../../harness/cluster.ts'
import { startOperator, type TestOperator } from '../../harness/operator.ts'

const cluster = sharedCluster()

interface Answer {
  readonly mistakes: readonly { readonly file: string; readonly line: number; readonly message: string }[]
  readonly previews: readonly Preview[]
}

/** What somebody types after `rota preview`, and with which kubeconfig. */
interface Words {
  readonly as?: string
  /** What is piped in, for `-f -`. */
  readonly input?: string
}

export const preview = (words: readonly string[], { as = cluster.kubeconfig, input = '' }: Words = {}) =>
  captured({ clock: systemClock(), files: { '-': input } }, 'preview', ...words, '--kubeconfig', as)

export async function told(words: readonly string[], options: Words = {}) {
  const { status, out, err } = await preview([...words, '-o', 'json'], options)
  if (out === '') throw new Error(err)
  const { mistakes, previews } = JSON.parse(out) as Answer
  return { status, mistakes, previews, runs: previews.flatMap(({ runs }) => runs) }
}

/** The only run that is previewed. */
export async function run(words: readonly string[], options: Words = {}): Promise<RunAhead> {
  const { runs } = await told(words, options)
  const [one, ...more] = runs
  if (!one || more.length > 0) throw new Error(`${runs.length} runs`)
  return one
}

export const manifest = (name: string, namespace: string, spec: object) =>
  stringify({ apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name, namespace }, spec })

/** A sleep that needs no KEDA. */
export const SLEEPS = { operation: { sleep: { kinds: ['Deployment', 'StatefulSet', 'CronJob'] } } }

export interface Stage {
  readonly api: () => Api
  /** An operator for this namespace; it ends with the test. */
  operate(namespace: string): Promise<void>
  /** A namespace with two Deployments, a StatefulSet and a CronJob. */
  team(prefix: string): Promise<string>
  /** The kubeconfig of somebody with these ClusterRoles in the namespace, who may read the tasks in it. */
  person(namespace: string, name: string, ...roles: readonly string[]): Promise<string>
  /** A run on request, to its end. */
  ran(namespace: string, name: string): Promise<HistoryEntry>
}

/** What the tests of a file need, with the shipped roles of the operations. */
export function stage(): Stage {
  let connected: Api | undefined
  let operator: TestOperator | undefined
  beforeAll(async () => {
    connected = await apiOf(cluster)
    await shipRoles(cluster)
  })
  afterEach(async () => {
    await operator?.stop()
    operator = undefined
  })
  const api = () => {
    if (!connected) throw new Error('only within a test')
    return connected
  }
  const bind = (namespace: string, name: string, role: string, subject: string) =>
    cluster.kubectl(['create', 'rolebinding', name, '-n', namespace, role, subject])
  return {
    api,
    async operate(namespace) {
      operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    },
    async team(prefix) {
      const namespace = await createNamespace(cluster, prefix)
      await api().create('deployments', namespace, deployment('web', 3))
      await api().create('deployments', namespace, deployment('idle', 0))
      await api().create('statefulsets', namespace, statefulSet('db', 1))
      await api().create('cronjobs', namespace, cronJob('report'))
      return namespace
    },
    async person(namespace, name, ...roles) {
      await cluster.kubectl(['create', 'serviceaccount', name, '-n', namespace])
      const subject = `--serviceaccount=${namespace}:${name}`
      const readTasks = ['--verb=get,list', '--resource=scheduledtasks.rota.dev']
      await cluster.kubectl(['create', 'role', `${name}-tasks`, '-n', namespace, ...readTasks])
      await bind(namespace, `${name}-tasks`, `--role=${name}-tasks`, subject)
      for (const role of roles) await bind(namespace, `${name}-${role}`, `--clusterrole=${role}`, subject)
      return cluster.kubeconfigForServiceAccount(namespace, name)
    },
    async ran(namespace, name) {
      await api().annotate(namespace, name, { 'rota.dev/run': 'go' })
      const { status } = await api().untilTask(
        namespace,
        name,
        'has run',
        task => task.status?.handled?.run === 'go' && !task.status.activeRun,
      )
      const record = status?.history?.[0]
      if (!record) throw new Error('no record')
      return record
    },
  }
}
