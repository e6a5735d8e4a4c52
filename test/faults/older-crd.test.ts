import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ScheduledTask } from '../../src/api/task.ts'
import { fromSchema, namesOneOf } from '../bad-input/cases.ts'
import { CRD_FILE } from '../bad-input/crd.ts'
import { seed } from '../builders/seed.ts'
import { some } from '../builders/some.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds, untilServed } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { apply, createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { dryRun } from '../integration/admission/dry-run.ts'

const CREATED = 150
const BAD = { operation: { restart: { names: 5 } } }

/** The CRD as it might have been once: it takes any spec. */
function anySpec(): object {
  const crd = parse(readFileSync(CRD_FILE, 'utf8'))
  const [version] = crd.spec.versions
  const { openAPIV3Schema } = version.schema
  openAPIV3Schema.properties.spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  delete openAPIV3Schema['x-kubernetes-validations']
  return crd
}

// The CRD of a cluster that others use is not ours to replace.
describe.skipIf(usesExistingCluster)('tasks that are older than the rules of their CRD', () => {
  let cluster: Cluster
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster()
    await apply(cluster, [anySpec()])
    await untilServed(cluster, 'crd/scheduledtasks.rota.dev')
    api = await apiOf(cluster)
  })
  afterAll(async () => {
    await operator?.stop()
    await cluster?.stop()
  })

  test('are stalled by the name of a field, or the log names it, and work when they are corrected', async () => {
    const namespace = await createNamespace(cluster, 'older')
    const cases = some(fromSchema(), CREATED, seed())
    await until('any spec is taken', () => api.createTask(namespace, 'first', BAD))
    for (const [n, { spec }] of cases.entries()) await api.createTask(namespace, `case-${n}`, spec as object)
    await installCrds(cluster)
    const create = dryRun(cluster.kubeconfig)
    await until('the rules are in force', async () => 'refused' in (await create(BAD)))
    const wanted = await Promise.all(cases.map(async one => ({ ...one, verdict: await create(one.spec as object) })))

    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    const seen = () =>
      api.list('scheduledtasks', namespace) as Promise<readonly unknown[]> as Promise<readonly ScheduledTask[]>
    const isObserved = ({ metadata, status }: ScheduledTask) => status?.observedGeneration === metadata.generation
    const { facts } = operator
    // Where a rule of the CRD cannot even be evaluated, the API server takes no status either: all that is left is the log.
    const trouble = () =>
      new Map(facts.flatMap(fact => (fact.fact === 'Trouble' ? [[fact.where, fact.message] as const] : [])))
    const isTold = (task: ScheduledTask) => isObserved(task) || trouble().has(`${namespace}/${task.metadata.name}`)
    const all = await until('all are looked at', seen, tasks => tasks.every(isTold))
    const byName = new Map(all.map(task => [task.metadata.name, task]))
    const wrong = wanted.flatMap(({ name, fields, verdict }, n) => {
      const { status } = byName.get(`case-${n}`) ?? {}
      const stalled = status?.conditions?.find(({ type }) => type === 'Stalled')?.message
      const message = stalled ?? trouble().get(`${namespace}/case-${n}`)
      // What is unknown is pruned; what else is refused now was taken then.
      const isBad = 'refused' in verdict && !/^.*strict decoding error: unknown field[^,]*$/.test(verdict.refused)
      if (isBad && message === undefined) return [`${name}: is not stalled: ${verdict.refused}`]
      return message === undefined || namesOneOf(message, fields) ? [] : [`${name}: no field is named: ${message}`]
    })
    expect(wrong).toEqual([])
    expect(all.filter(({ status }) => status?.phase === 'Stalled').length).toBeGreaterThan(CREATED / 3)

    for (const [n, { right }] of cases.entries()) await api.replaceSpec(namespace, `case-${n}`, right)
    await api.replaceSpec(namespace, 'first', { operation: { restart: {} } })
    await until('all are ready', seen, tasks =>
      tasks.every(task => isObserved(task) && task.status?.phase !== 'Stalled'),
    )
    const unexpected = [...trouble().values()].filter(message => !message.includes('is not valid: ScheduledTask'))
    expect(unexpected).toEqual([])
  })
})
