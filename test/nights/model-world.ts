import type { Kind } from '../../src/api/fault.ts'
import { AUTOSCALER, CRON_JOB, DEPLOYMENT, STATEFUL_SET } from '../../src/api/kinds.ts'
import type { Json } from '../../src/lib/json.ts'
import type { Plan, RunContext } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { sleep } from '../../src/operations/sleep/sleep.ts'
import { wake } from '../../src/operations/wake/wake.ts'
import { applied, item, runOf, SLEEPING_KINDS } from '../builders/items.ts'
import { mergePatched } from '../builders/merge-patch.ts'
import { sleepSpec } from '../builders/task.ts'
import type { Workload, WorkloadKind } from './workload.ts'
import type { Report, Sleeper, World } from './world.ts'

const KINDS: Readonly<Record<WorkloadKind, Kind>> = {
  Deployment: DEPLOYMENT,
  StatefulSet: STATEFUL_SET,
  CronJob: CRON_JOB,
}

/** A namespace in memory: plans are carried out as the model of the API server does it. */
export class ModelWorld implements World {
  #items: readonly Item[] = []
  #autoscalers: readonly Item[] = []
  #made = 0
  #runs = 0

  async create(workload: Workload): Promise<Workload> {
    const { kind, metadata, spec } = structuredClone(workload)
    const own = { namespace: 'team-a', uid: `uid-${++this.#made}`, resourceVersion: '1' }
    this.#items = [...this.#items, { kind: KINDS[kind], metadata: { ...metadata, ...own }, spec }]
    return { ...workload, metadata: { ...metadata, ...own } }
  }

  async patch(kind: WorkloadKind, name: string, body: object): Promise<Workload> {
    this.#items = this.#items.map(of => {
      if (!isCalled(of, kind, name)) return of
      const { kind: same, ...object } = of
      const patched = mergePatched(object as unknown as Json, body as unknown as Json) as unknown as Omit<Item, 'kind'>
      const resourceVersion = String(Number(of.metadata.resourceVersion) + 1)
      return { ...patched, kind: same, metadata: { ...patched.metadata, resourceVersion } }
    })
    return workloadOf(this.#items.find(of => isCalled(of, kind, name)))
  }

  async remove(kind: WorkloadKind, name: string): Promise<void> {
    this.#items = this.#items.filter(of => !isCalled(of, kind, name))
  }

  async autoscale(names: readonly string[]): Promise<void> {
    this.#autoscalers = names.map(name =>
      item(AUTOSCALER, { name, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } } }),
    )
  }

  async all(): Promise<readonly Workload[]> {
    return this.#items.map(workloadOf)
  }

  async run(sleeper: Sleeper, does: 'sleep' | 'wake'): Promise<Report> {
    const { name } = sleeper
    const task = { key: `team-a/${name}`, namespace: 'team-a', name, uid: `uid-of-${name}` }
    const plan = this.#planned(sleeper, runOf({ id: `run-${++this.#runs}`, operation: does, task }))
    this.#items = applied(plan, this.#items)
    const { actions, left, faults } = plan
    return { changed: actions.length, left: left.length, damaged: faults.length > 0 }
  }

  #planned(sleeper: Sleeper, run: RunContext): Plan {
    const seen = { items: this.#items, faults: [], kinds: SLEEPING_KINDS, gone: new Set<string>() }
    if (run.operation === 'wake') return wake.plan({ holders: 'Own', kinds: [], choice: {} }, seen, run)
    const autoscalers = sleeper.sleep.replicas > 0 ? this.#autoscalers : []
    return sleep.plan(sleepSpec(sleeper.sleep as Parameters<typeof sleepSpec>[0]), { ...seen, autoscalers }, run)
  }
}

function workloadOf(of: Item | undefined): Workload {
  if (!of) throw new Error('there is no such object')
  return { ...of, kind: of.kind.kind } as unknown as Workload
}

function isCalled({ kind, metadata }: Item, wanted: WorkloadKind, name: string): boolean {
  return kind.kind === wanted && metadata.name === name
}
