import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PreviewView } from '../../src/server/shapes.ts'
import { letListNamespaces } from '../harness/accounts.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ended } from '../harness/proxied-operator.ts'
import { call } from '../harness/rest.ts'

const cluster = sharedCluster()

describe('the preview of an operator', () => {
  let api: Api
  let operator: TestOperator | undefined
  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterAll(() => operator?.stop())

  test('knows where the operator lives, as its runs do', async () => {
    const stage = `lives-${Date.now()}`
    const home = await createNamespace(cluster, 'preview-home')
    await letListNamespaces(cluster, home)
    const team = await createNamespace(cluster, 'preview-team', { labels: { stage } })
    const own = await createNamespace(cluster, 'preview-own', { labels: { stage } })
    for (const namespace of [team, own]) {
      await api.create('deployments', namespace, deployment('web', 1))
      const subject = `--serviceaccount=${home}:rota`
      await cluster.kubectl(['create', 'rolebinding', 'home', '-n', namespace, '--role=rota', subject])
    }
    vi.stubEnv('POD_NAMESPACE', own)
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [home] })
    vi.unstubAllEnvs()
    const target = { namespaceSelector: { matchLabels: { stage } } }
    await api.createTask(home, 'task', { target, operation: { restart: {} } })
    await api.untilTask(home, 'task', 'seen', ({ status }) => status?.phase === 'Idle')
    const answer = await call(operator, `/api/tasks/${home}/task/preview`)
    const { runs } = (await answer.json()) as PreviewView
    expect(runs).toMatchObject([{ namespaces: [team], changes: [{ namespace: team }], left: [{ name: own }] }])
    await api.annotate(home, 'task', { 'rota.dev/run': '1' })
    const { status } = await api.untilTask(home, 'task', 'has run', ended)
    expect(status?.history?.[0]).toMatchObject({ namespaces: [team], changed: 1 })
    expect(status?.lastMessage).toContain(runs[0]?.left[0]?.message)
  })
})
