import { setTimeout as sleep } from 'node:timers/promises'
import { API_VERSION, GROUP, KIND, PLURAL } from '../../src/api/names.ts'
import type { ScheduledTask, Spec } from '../../src/api/task.ts'
import { taskOf } from '../../src/decide/task.ts'
import { Client, type Request } from '../../src/kube/client.ts'
import { connect } from '../../src/kube/connection.ts'
import { tasksPath } from '../../src/kube/paths.ts'
import { tasksOf } from '../../src/kube/tasks.ts'
import { systemClock } from '../../src/system-clock.ts'
import { BOUNDS } from '../builders/task.ts'
import { findControlPlane } from '../cluster/binaries.ts'
import { type Cluster, startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type RunningOperator, startOperator } from '../demo/operator.ts'
import { type AuditEvent, auditLogSize, readAuditLog } from '../harness/audit.ts'
import { apply } from '../harness/cluster.ts'
import { asInTheImage } from './as-in-the-image.ts'
import { benchPolicy } from './audit-policy.ts'
import { counting } from './tail.ts'
import { typicalStatus } from './typical.ts'

/** What is in the path of a write of a status, of the operator or of ourselves. */
export const STATUS_WRITE = '/status?fieldManager=rota'

/** As many as the API server has use for. */
export const IN_FLIGHT = 32

/** A control plane with Rota's CRD and shipped rights, and what loads are made with. */
export interface Stage {
  readonly cluster: Cluster
  /** As the administrator, and as Rota, by the HTTP stack of Rota: statuses are written by nobody else. */
  readonly client: Client
  readonly asRota: Client
  /** Namespaces in whose names accounts may restart and put to sleep. */
  homes(prefix: string, count: number): Promise<readonly string[]>
  /** Tasks of typical size, spread over the namespaces in turn: runs of one namespace come one after the other. */
  tasks(homes: readonly string[], name: string, count: number, spec: Partial<Spec>): Promise<readonly ScheduledTask[]>
  /** The bundle as it is shipped, started as in the image, with the account and the rights that are shipped. */
  rota(flags?: readonly string[]): Promise<RunningOperator>
  /** A place in the audit log. */
  mark(): number
  log(since: number): readonly AuditEvent[]
  /** What the log says since the mark, once it holds so many requests that have this in their path. */
  untilLogged(since: number, part: string, count: number, timeout: number): Promise<readonly AuditEvent[]>
  stop(): Promise<void>
}

/** @param profiles the folder that each Rota leaves a profile of its processor time in */
export async function startStage(controllerManagerFlags: readonly string[] = [], profiles?: string): Promise<Stage> {
  const source = await findControlPlane({ env: { ...process.env, TEST_KUBECONFIG: '' }, say: () => undefined })
  const cluster = await startCluster({ source, auditPolicy: benchPolicy, controllerManagerFlags })
  try {
    await installCrds(cluster)
    await cluster.kubectl(['apply', '-f', 'deploy/rbac'])
    await apply(cluster, [mayRestartAndSleep])
    return await stageOn(cluster, profiles)
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function stageOn(cluster: Cluster, profiles: string | undefined): Promise<Stage> {
  const { auditLog } = cluster
  if (auditLog === undefined) throw new Error('the benchmark reads an audit log: it needs a control plane of its own')
  const kubeconfig = await cluster.kubeconfigForServiceAccount('rota-system', 'rota')
  const { nodeFlags, env } = asInTheImage()
  const connections = [await connect(cluster.kubeconfig), await connect(kubeconfig)] as const
  // How many are in flight is said by each load.
  const [client, asRota] = connections.map(
    connection => new Client({ ...connection, requests: connection.targets }, systemClock(), () => undefined),
  ) as [Client, Client]
  return {
    cluster,
    client,
    asRota,
    async homes(prefix, count) {
      const names = Array.from({ length: count }, (_, n) => `${prefix}-${n}`)
      await eachOf(names, IN_FLIGHT, name => client.request(creation('/api/v1/namespaces', 'namespaces', { name })))
      await until('the last namespace has its account', async () => {
        const path = `/api/v1/namespaces/${names.at(-1)}/serviceaccounts/default`
        return client.text({ method: 'GET', verb: 'get', resource: 'serviceaccounts', path })
      })
      return names
    },
    async tasks(homes, name, count, spec) {
      const { writeStatus } = tasksOf(asRota)
      const numbers = Array.from({ length: count }, (_, n) => n)
      return eachOf(numbers, IN_FLIGHT, async n => {
        const namespace = homes[n % homes.length] ?? ''
        const metadata = { name: `${name}-${n}`, namespace }
        const made = await client.request<ScheduledTask>(creation(tasksPath(namespace), PLURAL, metadata, spec))
        return writeStatus(taskOf(made, BOUNDS), typicalStatus(made, Date.now()))
      })
    },
    rota: (flags = []) =>
      startOperator(kubeconfig, unlessMissed, {
        logFile: '.cache/bench/rota.log',
        interval: 10,
        flags: ['--log-format=json', ...flags],
        env,
        nodeFlags: [...nodeFlags, ...(profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`])],
      }),
    mark: () => auditLogSize(auditLog),
    log: since => readAuditLog(auditLog, since),
    untilLogged: async (since, part, count, timeout) => {
      const counted = counting(auditLog, since, part)
      await until(`${count} × ${part}`, counted, found => found >= count, { timeout, interval: 500 })
      return readAuditLog(auditLog, since)
    },
    async stop() {
      await Promise.all(connections.map(connection => connection.close()))
      await cluster.stop()
    },
  }
}

/** Where more is due than can be done, slots pass by the thousand: they are counted elsewhere. */
function unlessMissed(line: string): void {
  if (!line.includes('"result":"Missed"')) console.log(line)
}

/** Does the work for each, so many at a time; the answers in the order of the items. */
export async function eachOf<T, R>(items: readonly T[], inFlight: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = []
  let next = 0
  const worker = async () => {
    for (let n = next++; n < items.length; n = next++) answers[n] = await work(items[n] as T)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return answers
}

/** The first whole minute that is at least so many milliseconds away: what runs by a schedule runs then. */
export function nextMinute(ahead: number): number {
  return Math.ceil((Date.now() + ahead) / 60_000) * 60_000
}

/** Milliseconds until so many tasks are made, at the most: two writes each, and some time to spare. @param c writes a second */
export function makingTime(tasks: number, c: number): number {
  return ((3 * tasks) / c) * 1000
}

/** Milliseconds until Rota is ready with so many tasks, at the most. */
export function bootTime(tasks: number): number {
  return 5_000 + tasks / 1.5
}

/** The expression that means this minute, today. */
export function minuteOf(instant: number): string {
  const at = new Date(instant)
  return `${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`
}

export async function sleepUntil(instant: number): Promise<void> {
  await sleep(Math.max(0, instant - Date.now()))
}

function creation(path: string, resource: string, metadata: object, spec?: object): Request {
  const kind = spec && { apiVersion: API_VERSION, kind: KIND, spec }
  const body = { metadata, ...kind }
  return { method: 'POST', verb: 'create', path, resource: kind ? `${resource}.${GROUP}` : resource, body }
}

const RBAC = 'rbac.authorization.k8s.io'

/** One binding for all accounts of the benchmark, instead of one in each of hundreds of namespaces. */
const mayRestartAndSleep = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'bench' },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
  subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'system:serviceaccounts' }],
}
