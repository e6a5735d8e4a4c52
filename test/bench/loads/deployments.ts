import type { ScheduledTask } from '../../../src/api/task.ts'
import { tasksPath } from '../../../src/kube/paths.ts'
import { sleepSpec } from '../../builders/task.ts'
import { until } from '../../cluster/until.ts'
import { apiOf, pausedDeployment } from '../../harness/api.ts'
import type { Bench } from '../bench.ts'
import { atMost } from '../figures.ts'
import { instantIn, writesOn } from '../log.ts'
import { eachOf, type Stage } from '../stage.ts'
import { median } from '../statistics.ts'

/** What is in the path of a patch of a target, by Rota or by ourselves. */
const PATCH = 'fieldValidation=Strict'
const IN_FLIGHT = 64
const REPLICAS = 3
const DEPLOYMENTS = 'deployments.apps'

interface Round {
  /** Milliseconds: the same patches sent plainly, first sent → last answered. */
  readonly floor: number
  /** Milliseconds: asked for → last one answered. */
  readonly sleep: number
  readonly wake: number
}

/** A namespace of many Deployments put to sleep and woken, beside the same patches sent plainly. */
export async function deployments({ stage, scale, findings }: Bench): Promise<void> {
  const counts = scale.deployments
  const homes = await stage.homes('sleepers', counts.length)
  for (const [n, count] of counts.entries()) await furnish(stage, homes[n] ?? '', count)
  const rota = await stage.rota()
  try {
    for (const [n, count] of counts.entries()) {
      const rounds: Round[] = []
      for (let round = 0; round < scale.rounds; round++) {
        rounds.push(await Promise.race([playRound(stage, homes[n] ?? '', count, round), rota.died]))
      }
      findings.raw.set(`deployments ${count}`, rounds)
      for (const what of ['sleep', 'wake'] as const) {
        findings.figures.push({
          what: `${count} Deployments: ${what}, asked for → last one, by the floor`,
          target: '≤ 1.25 ×',
          unit: '×',
          values: rounds.map(round => round[what] / round.floor),
          reaches: atMost(1.25),
          note: `median ${median(rounds.map(round => round[what])).toFixed(0)} ms; the patches alone ${median(rounds.map(({ floor }) => floor)).toFixed(0)} ms`,
        })
      }
    }
  } finally {
    await rota.stop()
  }
}

const nameOf = (n: number) => `app-${n}`
const TASK = 'night-0'

async function furnish(stage: Stage, home: string, count: number): Promise<void> {
  const api = await apiOf(stage.cluster)
  const numbers = Array.from({ length: count }, (_, n) => n)
  await eachOf(numbers, IN_FLIGHT, n => api.create('deployments', home, pausedDeployment(nameOf(n), REPLICAS)))
  const spec = { operation: { sleep: sleepSpec({ kinds: ['Deployment'] }) }, serviceAccountName: 'default' }
  await stage.tasks([home], 'night', 1, spec)
}

async function playRound(stage: Stage, home: string, count: number, round: number): Promise<Round> {
  const floor = await plainly(stage, home, 0)
  await plainly(stage, home, REPLICAS)
  const sleep = await asked(stage, home, count, { 'rota.dev/run': `sleep-${round}` })
  const wake = await asked(stage, home, count, { 'rota.dev/wake': `wake-${round}` })
  return { floor, sleep, wake }
}

/** The patches of a sleep, in the name of the account, as Rota sends them: on a version, with an annotation of that length. */
async function plainly(stage: Stage, home: string, replicas: number): Promise<number> {
  const items = await settled(stage, home)
  const mark = stage.mark()
  await eachOf(items, IN_FLIGHT, ({ metadata }) => {
    const { name, uid, resourceVersion } = metadata
    const holders = [{ task: `${home}/${TASK}`, uid, run: '0123456789abcdef' }]
    const kept = JSON.stringify({ v: 1, uid, from: REPLICAS, to: 0, holders })
    const annotations = { 'bench/sleep': replicas === 0 ? kept : null, 'bench/last-run': `${resourceVersion}-run` }
    return stage.asRota.text({
      ...{ method: 'PATCH', verb: 'patch', resource: DEPLOYMENTS, namespace: home },
      path: `/apis/apps/v1/namespaces/${home}/deployments/${name}`,
      query: { fieldValidation: 'Strict' },
      body: { metadata: { annotations, resourceVersion }, spec: { replicas } },
      as: { namespace: home, name: 'default' },
    })
  })
  const patches = writesOn(await stage.untilLogged(mark, PATCH, items.length, 60_000), 'deployments')
  return lastOf(patches) - Math.min(...patches.map(({ received }) => received))
}

interface Deployment {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation: number
  }
  readonly status?: { readonly observedGeneration?: number }
}

/** The Deployments once their controller has answered the last change of each: else its writes would conflict with ours. */
async function settled(stage: Stage, home: string): Promise<readonly Deployment[]> {
  const about = { verb: 'list', resource: DEPLOYMENTS, path: `/apis/apps/v1/namespaces/${home}/deployments` } as const
  const look = () => stage.client.request<{ readonly items: readonly Deployment[] }>({ method: 'GET', ...about })
  const isSettled = ({ metadata, status }: Deployment) => status?.observedGeneration === metadata.generation
  const { items } = await until('the Deployments have settled', look, list => list.items.every(isSettled))
  return items
}

/** From the request on the task until the last Deployment is patched; waits until the run is recorded. */
async function asked(stage: Stage, home: string, count: number, annotations: Readonly<Record<string, string>>) {
  await settled(stage, home)
  const mark = stage.mark()
  const path = `${tasksPath(home)}/${TASK}`
  const about = { verb: 'patch' as const, resource: 'scheduledtasks.rota.dev', path }
  await stage.client.text({
    method: 'PATCH',
    ...about,
    body: { metadata: { annotations } },
    query: { fieldManager: 'test' },
  })
  const log = await stage.untilLogged(mark, PATCH, count, 120_000)
  const [token] = Object.values(annotations)
  await until('it is recorded', async () => {
    const { status } = await stage.client.request<ScheduledTask>({ ...about, method: 'GET', verb: 'get' })
    return [status?.handled?.run, status?.handled?.wake].includes(token) && status?.activeRun === undefined
  })
  const request = log.find(
    ({ user, objectRef }) => user.username === 'admin' && objectRef?.resource === 'scheduledtasks',
  )
  return lastOf(writesOn(log, 'deployments')) - instantIn(request?.requestReceivedTimestamp ?? '')
}

function lastOf(writes: readonly { readonly answered: number }[]): number {
  return Math.max(...writes.map(({ answered }) => answered))
}
