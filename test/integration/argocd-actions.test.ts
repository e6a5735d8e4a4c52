import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { HOUR } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { judgeOrSkip, judgeWith, SHIPPED } from '../gitops/judge.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { apply, createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { ENDLESS } from '../harness/job-bench.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { narrowedPolicies } from '../harness/policies.ts'
import { ended, restart } from '../harness/proxied-operator.ts'

const cluster = sharedCluster()
const NIGHTS = { schedule: '0 0 1 1 *', operation: { sleep: { wakeSchedule: '0 7 1 1 *' } } }
const SLOW = { operation: { job: ENDLESS }, suspend: true }
const program = await judgeOrSkip()
const judge = judgeWith(program, SHIPPED)

describe.skipIf(program === '')('the buttons of Argo CD', () => {
  let api: Api
  let operator: TestOperator
  let namespace: string

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'argocd-actions')
    await api.create('deployments', namespace, deployment('web', 2))
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
  })
  afterAll(() => operator?.stop())

  /** Those that can be pressed. */
  async function offered(name: string): Promise<readonly string[]> {
    const [actions = []] = await judge('actions', [await api.task(namespace, name)])
    return actions.filter(({ disabled }) => !disabled).map(action => action.name)
  }

  /** What Argo CD sends for an action. */
  async function patchFor(name: string, action: string): Promise<object> {
    const [results = []] = await judge('act', [{ action, on: await api.task(namespace, name) }])
    expect(results).toMatchObject([{ operation: 'patch' }])
    return results[0]?.patch ?? {}
  }

  async function press(name: string, action: string): Promise<void> {
    await api.patch('scheduledtasks', namespace, name, await patchFor(name, action))
  }

  const created = async (name: string, spec: object) => {
    await api.createTask(namespace, name, spec)
    return api.untilTask(namespace, name, 'is seen', ({ status }) => status?.observedGeneration === 1)
  }

  test('a task that sleeps can be run, woken and suspended; one that restarts not woken', async () => {
    await created('offers', NIGHTS)
    await created('restarts', restart())
    expect(await offered('offers')).toEqual(['run', 'suspend', 'wake'])
    expect(await offered('restarts')).toEqual(['run', 'suspend'])
  })

  test('Run now runs, and Wake now wakes', async () => {
    await created('nights', NIGHTS)
    const replicas = async () => (await api.get('deployments', namespace, 'web')).spec.replicas
    await press('nights', 'run')
    const asleep = await api.untilTask(namespace, 'nights', 'sleeps', ended)
    expect([asleep.status?.lastResult, await replicas()]).toEqual(['Succeeded', 0])
    await press('nights', 'wake')
    const isWoken = ({ status }: ScheduledTask) => status?.history?.[0]?.operation === 'wake' && !status.activeRun
    const awake = await api.untilTask(namespace, 'nights', 'is awake', isWoken)
    expect([awake.status?.lastResult, await replicas()]).toEqual(['Succeeded', 2])
  })

  test('Suspend suspends, and Resume schedules again, after a hold too', async () => {
    await created('pausing', NIGHTS)
    const inPhase = (phase: string) =>
      api.untilTask(namespace, 'pausing', `is ${phase}`, ({ status }) => status?.phase === phase)
    await press('pausing', 'suspend')
    await inPhase('Suspended')
    expect(await offered('pausing')).toEqual(['resume', 'run', 'wake'])
    await press('pausing', 'resume')
    await inPhase('Scheduled')
    const later = new Date(operator.clock.now() + HOUR).toISOString()
    await api.annotate(namespace, 'pausing', { 'rota.dev/hold-until': later })
    await inPhase('Suspended')
    expect(await offered('pausing')).toEqual(['resume', 'run', 'suspend', 'wake'])
    await press('pausing', 'resume')
    expect((await inPhase('Scheduled')).status?.holdUntil).toBeUndefined()
  })

  test('Cancel the run is there while there is one, and ends it', async () => {
    await cluster.kubectl([
      'create',
      'rolebinding',
      'jobs',
      '--clusterrole=edit',
      `--serviceaccount=${namespace}:rota`,
      '-n',
      namespace,
    ])
    await created('slow', SLOW)
    expect(await offered('slow')).toEqual(['resume', 'run'])
    await press('slow', 'run')
    await api.untilTask(namespace, 'slow', 'runs', ({ status }) => status?.phase === 'Running')
    expect(await offered('slow')).toEqual(['cancel', 'resume', 'run'])
    await press('slow', 'cancel')
    const { status } = await api.untilTask(namespace, 'slow', 'has ended', ended)
    expect(status?.lastResult).toBe('Cancelled')
    expect(await offered('slow')).toEqual(['resume', 'run'])
  })

  // Not on somebody else's cluster: policies are for all namespaces, even if these are narrowed to one.
  test.skipIf(usesExistingCluster)('pressed by Argo CD, they pass the shipped policies with rbac.yaml', async () => {
    const id = `argocd-${randomBytes(4).toString('hex')}`
    await created('guarded', NIGHTS)
    await cluster.kubectl(['label', 'namespace', namespace, `${id}=yes`])
    const policies = narrowedPolicies(id)
    await apply(cluster, [...argocdServer(), ...policies])
    const asServer = async (patch: object) => {
      const as = ['--as=system:serviceaccount:argocd:argocd-server', '--dry-run=server', '-n', namespace]
      const args = ['patch', 'st', 'guarded', '--type=merge', '-p', JSON.stringify(patch), ...as]
      const { code, stderr } = await cluster.tryKubectl(args)
      return code === 0 ? 'accepted' : stderr
    }
    try {
      const runs = await patchFor('guarded', 'run')
      await until(
        'the policies are in force',
        () => asServer(runs),
        seen => seen.includes('may not schedule work as'),
      )
      await cluster.kubectl(['apply', '-f', 'deploy/argocd/rbac.yaml'])
      await until(
        'the role is in force',
        () => asServer(runs),
        seen => seen === 'accepted',
      )
      for (const action of ['wake', 'suspend', 'resume', 'cancel']) {
        expect([action, await asServer(await patchFor('guarded', action))]).toEqual([action, 'accepted'])
      }
    } finally {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies })
      await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input })
    }
  })
})

/** What Argo CD's own manifests let its server do, as far as it matters here. */
function argocdServer(): readonly object[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  const head = (kind: string) => ({ apiVersion: `${apiGroup}/v1`, kind, metadata: { name: 'argocd-server' } })
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['delete', 'get', 'patch'] }]
  return [
    { ...head('ClusterRole'), rules },
    {
      ...head('ClusterRoleBinding'),
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'argocd-server' },
      subjects: [{ kind: 'ServiceAccount', name: 'argocd-server', namespace: 'argocd' }],
    },
  ]
}
