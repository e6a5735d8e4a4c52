import { afterEach } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { type Api, apiOf, deployment } from './api.ts'
import { createNamespace, sharedCluster } from './cluster.ts'
import { type OperatorOptions, startOperator, type TestOperator } from './operator.ts'
import { type Fate, type FaultProxy, type Passing, startProxy } from './proxy.ts'

/** What holds back requests on targets, writes unless told, until it is opened. */
export interface Gate {
  /** What waits at it, or has passed it. */
  readonly waiting: readonly Passing[]
  open(): void
}

export interface Bench {
  readonly api: () => Promise<Api>
  /** The proxy between the operator and the API server. */
  readonly behind: () => FaultProxy
  /** `fate`, `line`: of its first requests too. */
  start(
    options: Omit<OperatorOptions, 'kubeconfig'> & Partial<Pick<FaultProxy, 'fate' | 'line'>>,
  ): Promise<TestOperator>
  gate(holdsBack?: (request: Passing) => boolean): Gate
  /** A namespace with a Deployment `web`. */
  team(prefix: string): Promise<string>
}

/** For each test of a file an operator behind a proxy, both ended after it. */
export function bench(): Bench {
  const cluster = sharedCluster()
  let made: Promise<Api> | undefined
  let operator: TestOperator | undefined
  let proxy: FaultProxy | undefined

  afterEach(async () => {
    await operator?.stop()
    await proxy?.close()
    operator = undefined
    proxy = undefined
  })

  const api = () => {
    made ??= apiOf(cluster)
    return made
  }
  const behind = () => {
    if (!proxy) throw new Error('start the operator first')
    return proxy
  }
  return {
    api,
    behind,
    async start({ fate, line, ...options }) {
      proxy = await startProxy(cluster)
      if (fate) proxy.fate = fate
      if (line) proxy.line = line
      operator = await startOperator({ kubeconfig: proxy.kubeconfig, ...options })
      return operator
    },
    gate(holdsBack = writesTarget) {
      const waiting: Passing[] = []
      const opened = Promise.withResolvers<Fate>()
      behind().fate = (request): Fate | Promise<Fate> => {
        if (!holdsBack(request)) return 'pass'
        waiting.push(request)
        return opened.promise
      }
      return { waiting, open: () => opened.resolve('pass') }
    },
    async team(prefix) {
      const namespace = await createNamespace(cluster, prefix)
      await (await api()).create('deployments', namespace, deployment('web', 1))
      return namespace
    },
  }
}

export function writesTarget({ method, as }: Passing): boolean {
  return method === 'PATCH' && as !== ''
}

export function readsTarget({ method, as }: Passing): boolean {
  return method === 'GET' && as !== ''
}

/** A run has ended, and none is active. */
export function ended({ status }: ScheduledTask): boolean {
  return status?.lastResult !== undefined && !status.activeRun
}

export function restart(name = 'web'): object {
  return { operation: { restart: { names: [name] } } }
}
