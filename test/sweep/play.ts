import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import type { ScheduledTask } from '../../src/api/task.ts'
import { messageOf } from '../../src/lib/text.ts'
import { evidenceOf } from '../checker/evidence.ts'
import { violationsIn } from '../checker/invariants.ts'
import { inWords } from '../checker/violation.ts'
import { until } from '../cluster/until.ts'
import { auditLogSize, readAuditLog } from '../harness/audit.ts'
import { type Fate, type FaultProxy, type Passing, startProxy } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'
import { needsProcess } from './faults.ts'
import type { Plan } from './plans.ts'
import { type Counts, NOTHING, type Point, pointOf } from './points.ts'
import type { Stage } from './stage.ts'
import { type Succession, succession } from './succession.ts'
import type { Theatre } from './theatre.ts'

export interface Verdict {
  readonly counts: Counts
  /** How many of its faults have happened: an earlier one may have made another end of the story. */
  readonly struck: number
  /** Breaches of invariants. */
  readonly violations: readonly string[]
  /** What is not as it has to be at the end. */
  readonly wrong: readonly string[]
}

/** Milliseconds by which the clock goes ahead every tenth of a second while something is waited for. */
const HASTE = 2000
const PATIENCE = { timeout: 90_000, interval: 50 }
const FLAGS = { 'task-retry-delay-seconds': '1', 'log-level': 'error' }

/** Plays a story in a namespace of its own, and holds what the API server has logged about it against the invariants. */
export async function play(theatre: Theatre, plan: Plan): Promise<Verdict> {
  const { scenario, strikes } = plan
  const { cluster } = theatre
  const namespace = `sweep-${randomBytes(5).toString('hex')}`
  const { auditLog = '' } = cluster
  const begin = auditLogSize(auditLog)
  await theatre.furnish(namespace)
  const proxy = await startProxy(cluster)
  const inProcess = strikes.some(({ fault }) => needsProcess(fault))
  const options = { kubeconfig: proxy.kubeconfig, namespaces: [namespace], flags: { ...FLAGS, ...scenario.flags } }
  const operators = succession(options, inProcess ? theatre.operatorMain : undefined)
  const has = (mark: 'final' | 'lies') => strikes.some(({ fault }) => fault[mark] === true)
  const stage = stageOf(theatre, namespace, has('final'), operators)
  const struck = strike(proxy, plan, operators)
  const wrong: string[] = []
  try {
    await scenario.prepare(stage)
    await operators.start()
    await scenario.course(stage)
    if (!has('lies')) wrong.push(...(await scenario.verify(stage)))
  } catch (error) {
    // A task that the API server itself says is not there is left alone until something is heard of it.
    if (!has('lies')) wrong.push(messageOf(error))
  } finally {
    await operators.stop().catch(error => wrong.push(messageOf(error)))
    await proxy.close()
  }
  const violations = violationsIn(evidenceOf(readAuditLog(auditLog, begin), name => name.startsWith(namespace))).map(
    inWords,
  )
  return { ...struck(), violations, wrong }
}

/** Sees to it that the faults of a plan happen; answers what has been seen so far. */
function strike(proxy: FaultProxy, { strikes }: Plan, operators: Succession): () => Pick<Verdict, 'counts' | 'struck'> {
  const counts: Record<Point, number> = { ...NOTHING }
  const earlier: string[] = []
  let struck = 0
  let firstList: string | undefined
  let isStale = false
  const next = (point: Point) => {
    counts[point]++
    const found = strikes.find(one => one.point === point && one.nth === counts[point])
    if (found) struck++
    return found?.fault
  }
  // Small pages, so that lists have several.
  proxy.rewrite = url => url.replace(/limit=\d+/, 'limit=2')
  proxy.fate = async (request): Promise<Fate> => {
    firstList ??= textOf(proxy.seen.find(isTaskList))
    const fault = next(pointOf(request))
    if (fault && 'fate' in fault) return fault.fate
    if (fault && 'stops' in fault) operators.freeze(fault.stops)
    if (fault && 'kills' in fault) {
      if (fault.kills === 'late')
        return {
          late: () =>
            operators
              .replace()
              .then(operators.started)
              .then(() => after(500)),
        }
      if (fault.kills === 'before') return operators.replace().then(() => 'reset' as const)
      isStale = fault.kills === 'stale'
      return { losing: operators.replace }
    }
    if (!isStale || firstList === undefined) return 'pass'
    if (isTaskList(request)) return { answer: 200, body: firstList }
    if (pointOf(request) !== 'watch') return 'pass'
    isStale = false
    return { delay: 1000 }
  }
  proxy.line = line => {
    // Bookmarks come when they will.
    if (line === '' || line.startsWith('{"type":"BOOKMARK"')) return 'pass'
    const fault = next('event')
    const fate = fault && 'line' in fault ? fault.line(line, [...earlier]) : 'pass'
    earlier.push(line)
    return fate
  }
  return () => ({ counts, struck })
}

function isTaskList(request: Passing): boolean {
  return pointOf(request) === 'read' && /\/scheduledtasks\?/.test(request.url)
}

function textOf(request: Passing | undefined): string | undefined {
  return request?.answer?.status === 200 ? request.answer.text : undefined
}

function stageOf({ cluster, api }: Theatre, namespace: string, mayFail: boolean, operators: Succession): Stage {
  const { jumpTo, now } = operators
  const patiently = <T>(wait: () => Promise<T>) => inHaste(operators, wait, HASTE)
  return {
    cluster,
    api,
    namespace,
    mayFail,
    jumpTo,
    now,
    untilTask: (name, what, accept) =>
      patiently(() => until<ScheduledTask>(`${name} ${what}`, () => api.task(namespace, name), accept, PATIENCE)),
    untilGone: name =>
      patiently(async () => {
        const gone = () =>
          api.task(namespace, name).then(
            () => false,
            () => true,
          )
        await until(`${name} is gone`, gone, Boolean, PATIENCE)
      }),
  }
}
