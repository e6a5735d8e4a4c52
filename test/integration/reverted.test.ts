import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Condition, ScheduledTask } from '../../src/api/task.ts'
import { MINUTE } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()
/** That are listed for a look. */
const KINDS = 3

describe('Reverted: a minute after a run it is looked whether what it did lasts', () => {
  let api: Api
  beforeAll(async () => {
    api = await apiOf(cluster)
  })

  async function operate(namespace: string): Promise<TestOperator> {
    const operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    onTestFinished(operator.stop)
    return operator
  }
  async function team(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await Promise.all([
      api.create('deployments', namespace, deployment('web', 2)),
      api.create('deployments', namespace, deployment('api', 1)),
      api.create('cronjobs', namespace, cronJob('report')),
    ])
    return namespace
  }
  async function ran(namespace: string, name: string, token = '1'): Promise<ScheduledTask> {
    await api.annotate(namespace, name, { 'rota.dev/run': token })
    const isOver = ({ status }: ScheduledTask) => status?.handled?.run === token && !status.activeRun
    return api.untilTask(namespace, name, `ran ${token}`, isOver)
  }
  const reverted = ({ status }: ScheduledTask): Condition | undefined =>
    status?.conditions?.find(({ type }) => type === 'Reverted')
  /** As another controller that thinks that it is right. */
  const setBy = (manager: string, namespace: string, what: string, spec: object) =>
    cluster.kubectl([
      ...['patch', ...what.split(' '), '-n', namespace, '--type=merge', `--field-manager=${manager}`],
      ...['-p', JSON.stringify({ spec })],
    ])
  /** Whether an operator has looked: it reads, and writes nothing when all is well. */
  const looks = ({ facts }: TestOperator, since: number) =>
    facts.slice(since).filter(fact => fact.fact === 'Requested' && fact.method === 'GET').length

  test('Argo CD puts back what is in Git: the condition names it, the objects, and what helps; the next run takes it away', async () => {
    const namespace = await team('reverted-argocd')
    const { clock } = await operate(namespace)
    await api.createTask(namespace, 'off', { operation: { sleep: {} } })
    expect(reverted(await ran(namespace, 'off'))).toBeUndefined()
    await setBy('argocd-controller', namespace, 'deployment web', { replicas: 2 })
    await setBy('argocd-controller', namespace, 'cronjob report', { suspend: false })
    clock.jumpTo(clock.now() + MINUTE)
    const task = await api.untilTask(namespace, 'off', 'tells', task => reverted(task) !== undefined)
    expect(reverted(task)).toMatchObject({ status: 'True', reason: 'ChangedByOthers', observedGeneration: 1 })
    expect(reverted(task)?.message).toBe(
      `undone by argocd-controller: Deployment ${namespace}/web (replicas 2) and CronJob ${namespace}/report (not suspended); ` +
        'Argo CD puts back what is in Git: in the Application add ignoreDifferences with managedFieldsManagers: [rota] ' +
        '(of custom kinds jsonPointers: [/spec/replicas]), and the sync option RespectIgnoreDifferences=true',
    )
    // The run itself was what it was.
    expect(task.status).toMatchObject({ lastResult: 'Succeeded', phase: 'Idle' })
    expect(reverted(await ran(namespace, 'off', '2'))).toBeUndefined()
    expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(0)
  })

  test('scale and wake are looked at too', async () => {
    const namespace = await team('reverted-others')
    const { clock } = await operate(namespace)
    await api.createTask(namespace, 'off', { operation: { sleep: {} } })
    await api.createTask(namespace, 'on', { operation: { wake: {} } })
    const scale = { kinds: ['Deployment'], names: ['api'], replicas: 4 }
    await api.createTask(namespace, 'up', { operation: { scale } })
    await ran(namespace, 'off')
    await ran(namespace, 'on')
    await ran(namespace, 'up')
    await setBy('kustomize-controller', namespace, 'deployment web', { replicas: 0 })
    await setBy('kubectl-edit', namespace, 'deployment api', { replicas: 3 })
    clock.jumpTo(clock.now() + MINUTE)
    const on = await api.untilTask(namespace, 'on', 'tells', task => reverted(task) !== undefined)
    expect(reverted(on)?.message).toMatch(/^undone by kustomize-controller: Deployment \S+\/web \(replicas 0\); Flux /)
    const up = await api.untilTask(namespace, 'up', 'tells', task => reverted(task) !== undefined)
    expect(reverted(up)?.message).toMatch(
      /^undone by kubectl-edit: Deployment \S+\/api \(replicas 3\); somebody did it/,
    )
  })

  test('what Rota itself has changed since, and what nobody has changed, is no reversion', async () => {
    const namespace = await team('reverted-not')
    const operator = await operate(namespace)
    const { clock, facts } = operator
    await api.createTask(namespace, 'off', { operation: { sleep: {} } })
    await api.createTask(namespace, 'on', { operation: { wake: {} } })
    await ran(namespace, 'off')
    await ran(namespace, 'on')
    const before = facts.length
    clock.jumpTo(clock.now() + MINUTE)
    await until('it has looked for both', () => looks(operator, before) >= 2 * KINDS)
    // Its own record comes after theirs.
    await api.createTask(namespace, 'other', { operation: { restart: { kinds: ['Deployment'] } } })
    await ran(namespace, 'other')
    for (const name of ['off', 'on']) expect(reverted(await api.task(namespace, name))).toBeUndefined()
  })

  test('an operator that comes later looks in place of the one that has gone', async () => {
    const namespace = await team('reverted-later')
    const first = await operate(namespace)
    await api.createTask(namespace, 'off', { operation: { sleep: {} } })
    await ran(namespace, 'off')
    await first.stop()
    await setBy('keda-operator', namespace, 'deployment web', { replicas: 1 })
    const second = await operate(namespace)
    second.clock.jumpTo(second.clock.now() + 2 * MINUTE)
    const task = await api.untilTask(namespace, 'off', 'tells', task => reverted(task) !== undefined)
    expect(reverted(task)?.message).toMatch(/^undone by keda-operator: .*add ScaledObject\.keda\.sh to kinds/)
  })
})
