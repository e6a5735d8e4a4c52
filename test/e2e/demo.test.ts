import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PreviewView } from '../../src/server/shapes.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type RunningOperator, startOperator } from '../demo/operator.ts'
import { setTheStage, startTheTasks } from '../demo/stage.ts'
import { apiOf } from '../harness/api.ts'
import { startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'

// It installs Rota for all namespaces, with the shipped policies: nothing for a cluster that others use meanwhile.
describe.skipIf(usesExistingCluster)('make demo', () => {
  let cluster: Cluster
  let operator: RunningOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster()
    await setTheStage(cluster)
  })
  afterAll(async () => {
    await operator?.stop()
    await cluster?.stop()
  })

  test('shows Rota at work with its own account and what is shipped for it, without a warning', async () => {
    const warnings: string[] = []
    const kubeconfig = await cluster.kubeconfigForServiceAccount('rota-system', 'rota')
    operator = await startOperator(kubeconfig, line => warnings.push(line))
    await startTheTasks(cluster)
    const api = await apiOf(cluster)
    const ended = await api.untilTask(
      'team-a',
      'nights-off',
      'has run',
      ({ status }) => status?.lastResult !== undefined,
    )
    expect(ended.status).toMatchObject({ lastResult: 'Succeeded' })
    // Rota's own account sees no workloads: what a run would do is seen in the name of the task's.
    const answer = await fetch(`${operator.url}/api/tasks/team-a/nights-off/preview`)
    const preview = (await answer.json()) as PreviewView
    expect(preview.seen_as).toBe('Account')
    expect(preview.runs.map(({ operation, verdict }) => `${operation} ${verdict}`)).toEqual([
      'sleep WouldSucceed',
      'wake WouldSucceed',
    ])
    expect(warnings).toEqual([])
  })
})
