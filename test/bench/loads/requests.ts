import { NAMESPACE } from '../../../src/api/kinds.ts'
import { GROUP, PLURAL } from '../../../src/api/names.ts'
import type { LeaseRecord, Leases } from '../../../src/controller/election.ts'
import { taskOf } from '../../../src/decide/task.ts'
import type { Request } from '../../../src/kube/client.ts'
import { leasesOf } from '../../../src/kube/leases.ts'
import { pathOf, tasksPath } from '../../../src/kube/paths.ts'
import { BOUNDS } from '../../builders/task.ts'
import type { Bench } from '../bench.ts'
import { rewritten } from '../calibration.ts'
import { usageOf } from '../process-usage.ts'
import { DEPLOYMENTS, deploymentsPath, furnish } from '../sleepers.ts'
import { eachOf, type Stage } from '../stage.ts'
import { median } from '../statistics.ts'
import { restarting } from '../typical.ts'

/** Objects of each kind; one worker for each of so many, so that no write waits for another one of the same object. */
const WORKERS = 16
const EACH = 60
const ROUNDS = 5
/** So many watches of all tasks are open while statuses are written. */
const WATCHES = [1, 16]

/** One kind of request, sent by one of the workers. */
type Send = (worker: number) => Promise<unknown>

/**
 * What each kind of request that Rota sends costs the API server, in milliseconds on a processor and in status writes, and
 * what an open watch adds to a write: `test/scale/costs.ts` is fed with these.
 */
export async function requests({ stage, findings }: Bench): Promise<void> {
  const [home = ''] = await stage.homes('requests', 1)
  const kinds = await kindsOf(stage, home)
  const rounds: Record<string, number>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const costs: Record<string, number> = {}
    for (const [what, send] of Object.entries(kinds)) costs[what] = await costOf(stage, send)
    for (const count of WATCHES) {
      const end = await watched(stage, count)
      costs[toldTo(count)] = await costOf(stage, kinds[STATUS] as Send)
      end()
    }
    rounds.push(costs)
  }
  findings.raw.set('requests', rounds)
  for (const what of [...Object.keys(kinds), ...WATCHES.map(toldTo)]) {
    const milliseconds = rounds.map(costs => costs[what] ?? Number.NaN)
    findings.figures.push({
      what: `what ${what} costs the API server, by a status write`,
      target: '',
      unit: '×',
      values: rounds.map(costs => (costs[what] ?? Number.NaN) / (costs[STATUS] ?? Number.NaN)),
      note: `${median(milliseconds).toFixed(2)} ms on a processor`,
    })
  }
}

const STATUS = 'a status write'
const toldTo = (count: number) => `a status write with ${count} open watches`

async function kindsOf(stage: Stage, home: string): Promise<Readonly<Record<string, Send>>> {
  const made = await stage.tasks([home], 'task', WORKERS, restarting('0 3 * * *'))
  const tasks = made.map(object => taskOf(object, BOUNDS))
  await furnish(stage, home, WORKERS)
  const leases = tasks.map((_, n) => leasesOf(stage.asRota, 'rota-system', `lease-${n}`, Date.now))
  const renewals = leases.map(lease => renewing(lease))
  const account = { namespace: home, name: 'default' }
  const asAccount = { resource: DEPLOYMENTS, namespace: home, as: account } as const
  const send = (request: Request) => stage.asRota.text(request)
  let n = 0
  return {
    [STATUS]: async worker => {
      const task = tasks[worker]
      if (task) tasks[worker] = await rewritten(stage, task)
    },
    'a GET of a namespace': () =>
      send({ method: 'GET', verb: 'get', resource: 'namespaces', path: pathOf(NAMESPACE, home, home) }),
    [`a list of ${WORKERS} Deployments`]: () =>
      send({ ...asAccount, method: 'GET', verb: 'list', path: deploymentsPath(home), query: { limit: '500' } }),
    'a patch of a Deployment': worker =>
      send({
        ...{ ...asAccount, method: 'PATCH', verb: 'patch', path: `${deploymentsPath(home)}/app-${worker}` },
        query: { fieldValidation: 'Strict' },
        body: { metadata: { annotations: { [`${GROUP}/bench`]: `${PLURAL}-${n++}` } } },
      }),
    'a renewal of a lease': async worker => renewals[worker]?.(),
  }
}

/** The lease renewed once more. */
function renewing(lease: Leases): () => Promise<void> {
  let record: LeaseRecord | undefined
  return async () => {
    record = await lease.hold(record ?? (await lease.read()), 'bench', 15)
  }
}

/** Watches of all tasks, as each replica has one, once each has told something. @returns what ends them */
async function watched({ asRota }: Stage, count: number): Promise<() => void> {
  const end = new AbortController()
  const query = { watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: '600' }
  const about = { method: 'GET', verb: 'watch', path: tasksPath(undefined), resource: `${PLURAL}.${GROUP}` } as const
  const tell = async (told: () => void) => {
    for await (const _ of asRota.lines({ ...about, query, signal: end.signal })) told()
  }
  const opened = () => new Promise<void>((told, failed) => tell(told).catch(failed))
  await Promise.all(Array.from({ length: count }, opened))
  return () => end.abort()
}

/** Milliseconds of a processor that one of them costs the API server. */
async function costOf({ cluster }: Stage, send: Send): Promise<number> {
  const server = cluster.apiServer.pid ?? 0
  const before = usageOf(server).cpu
  const workers = Array.from({ length: WORKERS }, (_, worker) => worker)
  await eachOf(workers, WORKERS, async worker => {
    for (let n = 0; n < EACH; n++) await send(worker)
  })
  return (usageOf(server).cpu - before) / (WORKERS * EACH)
}
