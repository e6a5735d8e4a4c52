import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ScheduledTask } from '../../src/api/task.ts'
import { CRD_FILE } from '../bad-input/crd.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds, untilServed } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { apply, createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart } from '../harness/proxied-operator.ts'
import { ranFor } from '../harness/requested.ts'

type Properties = Record<string, object>

/** What the first version of the CRD did not have. */
const LATER = ['lastSuccessfulSpecKey', 'holdUntil', 'saved', 'lastChange']
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const NIGHTS = { schedule: '0 0 1 1 *', operation: { sleep: { wakeSchedule: '0 7 1 1 *' } } }

// The CRD of a cluster that others use is not ours to replace.
describe.skipIf(usesExistingCluster)('a status of another version', () => {
  let cluster: Cluster | undefined
  let api: Api
  let namespace: string
  let operator: TestOperator | undefined

  /** A cluster with a CRD whose status has other fields. */
  async function boot(change: (status: { properties: Properties }) => void): Promise<Cluster> {
    const crd = parse(readFileSync(CRD_FILE, 'utf8'))
    change(crd.spec.versions[0].schema.openAPIV3Schema.properties.status)
    const booted = await startOwnCluster()
    cluster = booted
    await apply(booted, [crd])
    await untilServed(booted, 'crd/scheduledtasks.rota.dev')
    api = await apiOf(booted)
    namespace = await createNamespace(booted, 'versions')
    await api.create('deployments', namespace, deployment('web', 2))
    await until('tasks are served', () => api.createTask(namespace, 'nights', NIGHTS))
    return booted
  }
  async function operate({ kubeconfig }: Cluster): Promise<void> {
    await operator?.stop()
    operator = await startOperator({ kubeconfig, namespaces: [namespace] })
  }
  beforeEach(() => {
    cluster = undefined
    operator = undefined
  })
  afterEach(async () => {
    await operator?.stop()
    await cluster?.stop()
  })

  const versionOf = async (name: string) => (await api.task(namespace, name)).metadata.resourceVersion
  const replicas = async () => (await api.get('deployments', namespace, 'web')).spec.replicas

  test('that was stored before fields were added: an operator that is newer than its CRD works, writes no more than it must, and goes on when the CRD has them', async () => {
    const older = await boot(({ properties }) => {
      for (const name of LATER) delete properties[name]
    })
    await operate(older)
    await ranFor(api, namespace, 'nights')
    expect(await replicas()).toBe(0)
    const before = await versionOf('nights')
    // Had it written again for what is dropped, it would have done so by the time that all this has happened.
    await api.createTask(namespace, 'again', restart())
    for (const token of ['1', '2']) await ranFor(api, namespace, 'again', token)
    expect(await versionOf('nights')).toBe(before)

    await installCrds(older)
    await operate(older)
    await api.annotate(namespace, 'nights', { 'rota.dev/wake': '1' })
    const isAwake = ({ status }: ScheduledTask) => status?.handled?.wake === '1' && !status.activeRun
    const { status } = await api.untilTask(namespace, 'nights', 'is awake', isAwake)
    expect(await replicas()).toBe(2)
    expect(status).toMatchObject({ runCount: 2, errorCount: 0, handled: { run: '1', wake: '1' } })
    expect(status?.history?.map(({ operation, result }) => [operation, result])).toEqual([
      ['wake', 'Succeeded'],
      ['sleep', 'Succeeded'],
    ])
    expect(status?.sleeping).toBeUndefined()
    expect(status?.lastSuccessfulSpecKey).toBeDefined()
  })

  test('that has fields from the future: an operator that is older than its CRD carries them over, wherever they stand', async () => {
    const newer = await boot(({ properties }) => {
      properties['future'] = ANYTHING
      for (const name of ['handled', 'schedule', 'sleeping']) extend(properties[name])
      extend((properties['history'] as { items?: object } | undefined)?.items)
    })
    await operate(newer)
    const { history } = await ranFor(api, namespace, 'nights')
    const condition = {
      type: 'Foreseen',
      status: 'True',
      reason: 'Future',
      message: 'as written by a newer version',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    }
    const { conditions = [] } = (await api.task(namespace, 'nights')).status ?? {}
    const future = { a: [1, { b: 'c' }] }
    await api.patchStatus(namespace, 'nights', {
      future,
      handled: { future },
      sleeping: { future },
      history: history?.map(entry => ({ ...entry, future })),
      conditions: [...conditions, condition],
    })
    const { status } = { status: await ranFor(api, namespace, 'nights', '2') }
    expect(status).toMatchObject({ runCount: 2, future, handled: { run: '2', future }, sleeping: { future } })
    expect(status.history?.[1]).toMatchObject({ id: history?.[0]?.id, future })
    expect(status.conditions).toContainEqual(condition)
  })
})

function extend(schema: object | undefined): void {
  const { properties } = schema as { properties: Properties }
  properties['future'] = ANYTHING
}
