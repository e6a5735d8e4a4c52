import { randomBytes } from 'node:crypto'
import type { ScheduledTask } from '../../src/api/task.ts'
import { HOUR } from '../../src/lib/instant.ts'
import { messageOf } from '../../src/lib/text.ts'
import { evidenceOf } from '../checker/evidence.ts'
import { violationsIn } from '../checker/invariants.ts'
import { inWords } from '../checker/violation.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { auditLogSize, readAuditLog } from '../harness/audit.ts'
import { apply, testAccount } from '../harness/cluster.ts'
import { type ChildOperator, spawnOperator, startOperator } from '../harness/operator.ts'
import { type Fate, startProxy } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'
import type { Fault } from './faults.ts'
import { EVENING, type Scenario, type Stage } from './stage.ts'

/** One fault at one write of one scenario. Without a fault it tells how many writes there are. */
export interface Plan {
  readonly scenario: Scenario
  /** Which of the operator's writes, from 1 on. */
  readonly write?: number
  readonly fault?: Fault
}

export interface Verdict {
  readonly writes: number
  /** Breaches of invariants, and what is not as it has to be at the end. */
  readonly wrong: readonly string[]
}

/** Milliseconds by which the clock goes ahead every tenth of a second while something is waited for. */
const HASTE = 2000
const PATIENCE = { timeout: 60_000, interval: 50 }
const FLAGS = { 'task-retry-delay-seconds': '1', 'log-level': 'error' }

export function nameOf({ scenario, write, fault }: Plan): string {
  return fault ? `${scenario.name} / write ${write} / ${fault.name}` : `${scenario.name} / no fault`
}

/** Plays a scenario in a namespace of its own, and holds what the API server has logged about it against the invariants. */
export async function play(cluster: ClusterAccess, api: Api, plan: Plan): Promise<Verdict> {
  const { scenario, fault } = plan
  const namespace = `sweep-${randomBytes(5).toString('hex')}`
  const { auditLog = '' } = cluster
  const begin = auditLogSize(auditLog)
  await apply(cluster, home(namespace))
  const proxy = await startProxy(cluster)
  const operators = succession(proxy.kubeconfig, namespace, fault?.kills === true)
  const stage = stageOf(cluster, api, namespace, fault?.final === true, operators)
  let writes = 0
  proxy.fate = async ({ method }): Promise<Fate> => {
    if (method === 'GET' || ++writes !== plan.write || !fault) return 'pass'
    if (!fault.kills) return fault.fate
    if (fault.fate === 'lose') return { losing: operators.replace }
    await operators.replace()
    return fault.fate
  }
  const wrong: string[] = []
  try {
    await scenario.prepare(stage)
    await operators.start()
    await scenario.course(stage)
    if (!fault?.lies) wrong.push(...(await scenario.verify(stage)))
  } catch (error) {
    wrong.push(messageOf(error))
  } finally {
    await operators.stop()
    await proxy.close()
  }
  const evidence = evidenceOf(readAuditLog(auditLog, begin), name => name === namespace)
  await cluster.tryKubectl(['delete', 'namespace', namespace, '--wait=false'])
  return { writes, wrong: [...wrong, ...violationsIn(evidence).map(inWords)] }
}

/** A namespace with an account that may do there what its administrators may. */
function home(namespace: string): readonly object[] {
  const metadata = { name: testAccount, namespace }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: testAccount, namespace }],
    },
  ]
}

interface Succession {
  start(): Promise<void>
  /** Kills the one that works, and starts the next. */
  replace(): Promise<void>
  stop(): Promise<void>
  jumpTo(instant: number): void
  now(): number
}

/** Operators one after the other, with one clock; in processes of their own where they are to be killed. */
function succession(kubeconfig: string, namespace: string, isKilled: boolean): Succession {
  let offset = EVENING - HOUR - Date.now()
  let child: ChildOperator | undefined
  let jump = (_: number): void => undefined
  let stop = (): Promise<unknown> => Promise.resolve()
  const now = () => Date.now() + offset
  const start = async () => {
    const options = { kubeconfig, namespaces: [namespace], start: now(), flags: FLAGS }
    if (isKilled) {
      const next = await spawnOperator(options)
      child = next
      jump = next.jumpTo
      stop = next.kill
    } else {
      const { clock, stop: end } = await startOperator(options)
      jump = instant => clock.jumpTo(Math.max(instant, clock.now()))
      stop = end
    }
  }
  let starting: Promise<void> | undefined
  return {
    start,
    async replace() {
      jump = () => undefined
      await child?.kill()
      starting = start()
    },
    async stop() {
      await starting
      await stop()
    },
    jumpTo(instant) {
      if (instant <= now()) return
      offset = instant - Date.now()
      jump(instant)
    },
    now,
  }
}

function stageOf(cluster: ClusterAccess, api: Api, namespace: string, mayFail: boolean, operators: Succession): Stage {
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
