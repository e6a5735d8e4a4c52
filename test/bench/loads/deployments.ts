import { setTimeout as pause } from 'node:timers/promises'
import type { ScheduledTask } from '../../../src/api/task.ts'
import { tasksPath } from '../../../src/kube/paths.ts'
import { sleepSpec } from '../../builders/task.ts'
import { until } from '../../cluster/until.ts'
import type { Bench } from '../bench.ts'
import { atMost } from '../figures.ts'
import { ROTA, writesOn } from '../log.ts'
import { SETTLED, usageOf } from '../process-usage.ts'
import {
  type Change,
  changeIn,
  DEPLOYMENTS,
  deploymentsPath,
  firstOf,
  furnish,
  IN_FLIGHT,
  lastOf,
  type Night,
  REPLICAS,
  settled,
} from '../sleepers.ts'
import { eachOf, type Stage } from '../stage.ts'
import { median } from '../statistics.ts'

/** What is in the path of a patch of a target, by Rota or by ourselves. */
const PATCH = 'fieldValidation=Strict'

interface Round extends Night {
  /** Milliseconds: the same patches sent plainly, first sent → last answered. */
  readonly floor: number
}

/** A namespace of many Deployments put to sleep and woken, beside the same patches sent plainly. */
export async function deployments({ stage, scale, findings }: Bench): Promise<void> {
  const counts = scale.deployments
  const homes = await stage.homes('sleepers', counts.length)
  for (const [n, count] of counts.entries()) {
    await furnish(stage, homes[n] ?? '', count)
    await stage.tasks([homes[n] ?? ''], 'night', 1, NIGHT)
  }
  const rota = await stage.rota()
  try {
    await pause(SETTLED)
    const rest = usageOf(rota.pid).resident
    for (const [n, count] of counts.entries()) {
      const rounds: Round[] = []
      for (let round = 0; round < scale.rounds; round++) {
        rounds.push(await Promise.race([playRound(stage, homes[n] ?? '', count, round), rota.died]))
      }
      findings.raw.set(`deployments ${count}`, rounds)
      findings.nights.set(count, { nights: rounds, rest, most: usageOf(rota.pid).peak })
      for (const what of ['sleep', 'wake'] as const) {
        findings.figures.push({
          what: `${count} Deployments: ${what}, asked for → last one, by the floor`,
          target: '≤ 1.25 ×',
          unit: '×',
          values: rounds.map(round => round[what].took / round.floor),
          reaches: atMost(1.25),
          note: `median ${median(rounds.map(round => round[what].took)).toFixed(0)} ms; the patches alone ${median(rounds.map(({ floor }) => floor)).toFixed(0)} ms`,
        })
      }
    }
  } finally {
    await rota.stop()
  }
}

const TASK = 'night-0'
const NIGHT = { operation: { sleep: sleepSpec({ kinds: ['Deployment'] }) }, serviceAccountName: 'default' }

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
      path: `${deploymentsPath(home)}/${name}`,
      query: { fieldValidation: 'Strict' },
      body: { metadata: { annotations, resourceVersion }, spec: { replicas } },
      as: { namespace: home, name: 'default' },
    })
  })
  const patches = writesOn(await stage.untilLogged(mark, PATCH, items.length, 60_000), 'deployments')
  return lastOf(patches) - firstOf(patches)
}

/** What the request on the task brings about, once the run is recorded. */
async function asked(
  stage: Stage,
  home: string,
  count: number,
  annotations: Readonly<Record<string, string>>,
): Promise<Change> {
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
  await stage.untilLogged(mark, PATCH, count, 120_000)
  const [token] = Object.values(annotations)
  await until('it is recorded', async () => {
    const { status } = await stage.client.request<ScheduledTask>({ ...about, method: 'GET', verb: 'get' })
    return [status?.handled?.run, status?.handled?.wake].includes(token) && status?.activeRun === undefined
  })
  return changeIn(stage.log(mark), ROTA)
}
