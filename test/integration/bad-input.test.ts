import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_VERSION, KIND } from '../../src/api/names.ts'
import type { ScheduledTask, Status } from '../../src/api/task.ts'
import { pathText } from '../../src/manifest/finding.ts'
import { validate } from '../../src/manifest/validate.ts'
import { type BadInput, fromSchema, namesOneOf, pairs } from '../bad-input/cases.ts'
import { crdSchema } from '../bad-input/crd.ts'
import { mutated, mutationsOf } from '../bad-input/mutations.ts'
import { BAD_SLEEP_NOTES, FAILING_RUNS } from '../bad-input/runs.ts'
import { BAD_ANNOTATIONS, RIGHT, seeds } from '../bad-input/seeds.ts'
import { seed } from '../builders/seed.ts'
import { some } from '../builders/some.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, pausedDeployment } from '../harness/api.ts'
import { apply, createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ended } from '../harness/proxied-operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'
import { dryRun } from './admission/dry-run.ts'
import { FULL_STATUS } from './admission/full-status.ts'

const cluster = sharedCluster()
const SEED = seed()
/** The unit tests take all of the schema's; here each run of the tests asks the API server about others. */
const CASES = [...some(fromSchema(), 1600, SEED), ...seeds(), ...pairs(250, SEED)]
/** Of those that pass admission so many are really created, besides all that were made by hand. */
const CREATED = 120
const STATUSES = 100
/** Requests under way at once. */
const SIDE_BY_SIDE = 8

/** What the offline check says. */
function saidOffline(spec: unknown): string {
  const manifest = { apiVersion: API_VERSION, kind: KIND, metadata: { name: 'task' }, spec }
  return validate(manifest)
    .map(({ path, message }) => `${pathText(path)}: ${message}`)
    .join('\n')
}

/** All at once would be too many. */
async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const left = items.entries()
  const worker = async () => {
    for (const [index, item] of left) await work(item, index)
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
}

function condition({ status }: ScheduledTask, type: string) {
  return status?.conditions?.find(one => one.type === type)
}

function isObserved({ metadata, status }: ScheduledTask): boolean {
  return status?.observedGeneration === metadata.generation
}

const isReady = (task: ScheduledTask) =>
  isObserved(task) && condition(task, 'Ready')?.status === 'True' && task.status?.phase !== 'Stalled'

// Thousands of requests, on a machine that may have more to do.
describe('bad input', { timeout: 300_000 }, () => {
  let api: Api
  let operator: TestOperator
  let namespace: string
  let canaries: string
  let forged: string
  let haste: Promise<void>
  const over = Promise.withResolvers<void>()
  const accepted: BadInput[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'bad')
    canaries = await createNamespace(cluster, 'canary')
    // What somebody writes by hand breaks invariants of its own.
    forged = await createNamespace(cluster, 'forged', { checked: false })
    // Who may do everything here is refused nothing but what is wrong.
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
    const subjects = [{ kind: 'ServiceAccount', name: 'rota', namespace }]
    const metadata = { name: 'everything', namespace }
    await apply(cluster, [
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, roleRef, subjects },
    ])
    for (const place of [namespace, canaries, forged])
      await api.create('deployments', place, pausedDeployment('web', 1))
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace, canaries, forged] })
    await api.createTask(canaries, 'canary', { schedule: '* * * * *', ...RIGHT })
    haste = inHaste(operator.clock, () => over.promise)
  })
  afterAll(async () => {
    over.resolve()
    await haste
    await operator?.stop()
  })

  const tasks = async (place = namespace) => {
    const all = (await api.list('scheduledtasks', place)) as unknown as readonly ScheduledTask[]
    return new Map(all.map(task => [task.metadata.name, task]))
  }
  /** Waits for all of these tasks. @returns those that are not as wanted, when the others are */
  async function settled(
    names: readonly string[],
    what: string,
    accept: (task: ScheduledTask) => boolean,
    place = namespace,
  ) {
    const left = (all: ReadonlyMap<string, ScheduledTask>) =>
      names.filter(name => {
        const task = all.get(name)
        return !task || !accept(task)
      })
    const rest = await until(
      `all are ${what}`,
      async () => left(await tasks(place)),
      found => found.length === 0,
      {
        interval: 500,
      },
    )
    expect(rest).toEqual([])
  }

  test(`each of ${CASES.length} specs is refused by the name of a field, or accepted; the offline check says the same`, async () => {
    const create = dryRun(cluster.kubeconfig)
    const wrong: string[] = []
    await each(CASES, async one => {
      const { name, spec, fields } = one
      const verdict = await create(spec as object)
      const offline = saidOffline(spec)
      if ('accepted' in verdict) accepted.push(one)
      else if (!namesOneOf(verdict.refused, fields)) wrong.push(`${name}: no field is named: ${verdict.refused}`)
      else if (offline === '') wrong.push(`${name}: is refused, and good offline: ${verdict.refused}`)
      if (offline !== '' && !namesOneOf(offline, fields)) wrong.push(`${name}: no field is named offline: ${offline}`)
    })
    expect(wrong).toEqual([])
    expect(CASES.length).toBeGreaterThanOrEqual(2000)
    process.stdout.write(
      `${CASES.length} specs: ${CASES.length - accepted.length} refused, ${accepted.length} accepted\n`,
    )
  })

  test('what passes admission is Stalled by the name of a field, or Ready; corrected it is Ready, without a restart', async () => {
    const byHand = accepted.filter(({ name }) => name.startsWith('seed'))
    const others = some(
      accepted.filter(one => !byHand.includes(one)),
      CREATED,
      SEED,
    )
    const created = [...byHand, ...others].map((one, n) => ({
      ...one,
      task: `case-${n}`,
      offline: saidOffline(one.spec),
    }))
    const names = created.map(({ task }) => task)
    await each(created, async ({ task, spec }) => void (await api.createTask(namespace, task, spec as object)))
    await settled(names, 'looked at', isObserved)
    const seen = await tasks()
    const wrong = created.flatMap(({ name, task, fields, offline }) => {
      const found = seen.get(task)
      if (!found) return [`${name}: is gone`]
      const { message = '', status } = condition(found, 'Stalled') ?? {}
      if (offline === '') return isReady(found) ? [] : [`${name}: is good offline, and not ready: ${message}`]
      const isStalled = status === 'True' && found.status?.phase === 'Stalled'
      if (!isStalled) return [`${name}: is not stalled`]
      return namesOneOf(message, fields) ? [] : [`${name}: no field is named: ${message}`]
    })
    expect(wrong).toEqual([])
    expect(created.filter(({ offline }) => offline !== '').length).toBeGreaterThan(100)
    await each(created, ({ task, right }) => api.replaceSpec(namespace, task, right))
    await settled(names, 'ready', isReady)
  })

  test('an annotation that cannot be read stalls the task by its name, until it is taken away', async () => {
    const names = BAD_ANNOTATIONS.map((_, n) => `asked-${n}`)
    await each(names, async name => void (await api.createTask(namespace, name, RIGHT)))
    await each(BAD_ANNOTATIONS, ([name, value], n) => api.annotate(namespace, `asked-${n}`, { [name]: value }))
    await settled(names, 'stalled', task => task.status?.phase === 'Stalled')
    const seen = await tasks()
    for (const [n, [name]] of BAD_ANNOTATIONS.entries()) {
      const task = seen.get(`asked-${n}`)
      expect(task && condition(task, 'Stalled')).toMatchObject({
        status: 'True',
        reason: 'InvalidRequest',
        message: expect.stringContaining(`annotation ${name}`),
      })
      expect(task?.status?.runCount).toBe(0)
    }
    await each(BAD_ANNOTATIONS, ([name], n) => api.annotate(namespace, `asked-${n}`, { [name]: null }))
    await settled(names, 'ready', isReady)
  })

  test('a run that cannot work out fails by the name of what is wrong; the corrected task runs', async () => {
    const entries = Object.entries(FAILING_RUNS)
    const names = entries.map((_, n) => `run-${n}`)
    const ran = (token: string) => (task: ScheduledTask) => task.status?.handled?.run === token && ended(task)
    await each(entries, async ([, [spec]], n) => {
      await api.createTask(namespace, `run-${n}`, { retry: { attempts: 1 }, ...spec })
      await api.annotate(namespace, `run-${n}`, { 'rota.dev/run': 'wrong' })
    })
    await settled(names, 'done', ran('wrong'))
    const seen = await tasks()
    const wrong = entries.flatMap(([what, [, ...says]], n) => {
      const { lastResult, history, lastMessage } = seen.get(`run-${n}`)?.status ?? {}
      const message = history?.[0]?.error ?? lastMessage ?? ''
      const isNamed = says.every(word => message.includes(word))
      return lastResult === 'Failed' && isNamed ? [] : [`${what}: ${lastResult}: ${message}`]
    })
    expect(wrong).toEqual([])
    await each(names, async name => {
      await api.replaceSpec(namespace, name, RIGHT)
      await api.annotate(namespace, name, { 'rota.dev/run': 'right' })
    })
    await settled(names, 'done', task => ran('right')(task) && task.status?.lastResult === 'Succeeded')
  })

  test('a status that somebody has written by hand is put right or lived with; the task still runs', async () => {
    const { activeRun, sleeping, ...rest } = FULL_STATUS
    const inPlace: Status = {
      ...rest,
      ...(activeRun && { activeRun: { ...activeRun, namespaces: [forged] } }),
      ...(sleeping && { sleeping: { ...sleeping, namespaces: [forged] } }),
    }
    const mutations = some(mutationsOf(crdSchema('status'), inPlace), STATUSES, SEED)
    const hasRun = (task: ScheduledTask) => {
      const run = task.status?.history?.find(({ reason, result }) => reason === 'Request' && result === 'Succeeded')
      return task.status?.handled?.run === 'now' && run !== undefined && isReady(task)
    }
    const names: string[] = []
    await each(mutations, async ({ at, value }, n) => {
      const name = `status-${n}`
      await api.createTask(forged, name, RIGHT)
      const status = mutated(inPlace, { at, value })
      const isAccepted = await api.patchStatus(forged, name, status as object).then(
        () => true,
        () => false,
      )
      if (isAccepted) names.push(name)
    })
    expect(names.length).toBeGreaterThan(STATUSES / 5)
    await each(names, name => api.annotate(forged, name, { 'rota.dev/run': 'now' }))
    await settled(names, 'done', hasRun, forged)
  })

  test('notes of a sleep that cannot be believed are reported, and nothing is guessed', async () => {
    const place = await createNamespace(cluster, 'bad-notes')
    const noted = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [place] })
    try {
      for (const [name, note] of Object.entries(BAD_SLEEP_NOTES)) {
        const made = pausedDeployment(name, 0) as { metadata: object }
        const annotations = { 'rota.dev/sleep': note }
        await api.create('deployments', place, { ...made, metadata: { ...made.metadata, annotations } })
      }
      await api.createTask(place, 'on', { operation: { wake: {} } })
      await api.annotate(place, 'on', { 'rota.dev/run': '1' })
      const { status } = await api.untilTask(place, 'on', 'done', ended)
      const said = JSON.stringify(status?.history?.[0])
      expect(status?.lastResult).toBe('Failed')
      expect(said).toContain('rota.dev/sleep')
      const after = await api.list('deployments', place)
      expect(after.map(({ spec }) => spec.replicas)).toEqual(after.map(() => 0))
      expect(noted.facts.filter(({ fact }) => fact === 'Trouble')).toEqual([])
    } finally {
      await noted.stop()
    }
  })

  test('meanwhile others ran on time, and the operator had no trouble', async () => {
    const isDone = ({ status }: ScheduledTask) => (status?.runCount ?? 0) >= 3 && !status?.activeRun
    const { status } = await api.untilTask(canaries, 'canary', 'has run', isDone)
    expect(status).toMatchObject({ errorCount: 0, missedCount: 0, lastResult: 'Succeeded' })
    const slots = (status?.history ?? []).map(({ slotTime }) => Date.parse(slotTime))
    expect(slots.slice(1).map((slot, n) => (slots[n] ?? 0) - slot)).toEqual(slots.slice(1).map(() => 60_000))
    expect(operator.facts.filter(({ fact }) => fact === 'Trouble')).toEqual([])
  })
})
