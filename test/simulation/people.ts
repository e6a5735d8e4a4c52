import { CANCEL_ANNOTATION, HOLD_ANNOTATION, RUN_ANNOTATION, WAKE_ANNOTATION } from '../../src/api/names.ts'
import type { Spec } from '../../src/api/task.ts'
import { tasksPath } from '../../src/kube/paths.ts'
import { MINUTE, rfc3339 } from '../../src/lib/instant.ts'
import type { Dice } from '../builders/dice.ts'
import type { FakeClock } from '../builders/fake-clock.ts'
import { nightly, sleepSpec, specOf } from '../builders/task.ts'
import type { Asked, ModelApiServer, ModelObject } from './api-server.ts'
import type { Tally } from './tally.ts'

export const NAMESPACES = ['team-a', 'team-b'] as const
const APPS = '/apis/apps/v1/namespaces'

/** What a task may be about; each works on objects that the others leave alone, but for sleeping. */
const TASKS: Readonly<Record<string, { readonly namespace: string; readonly spec: Partial<Spec> }>> = {
  nights: {
    namespace: 'team-a',
    spec: { ...nightly({}, '3-59/6 * * * *'), schedule: '*/6 * * * *', target: { namespaces: ['team-a', 'team-b'] } },
  },
  home: { namespace: 'team-b', spec: { ...nightly({}, '2-59/5 * * * *'), schedule: '*/5 * * * *' } },
  naps: { namespace: 'team-a', spec: { schedule: '1-59/4 * * * *', operation: { sleep: sleepSpec() } } },
  wakes: {
    namespace: 'team-a',
    spec: {
      schedule: '3-59/4 * * * *',
      operation: { wake: { kinds: ['Deployment', 'StatefulSet', 'CronJob'] } },
    },
  },
  restarts: {
    namespace: 'team-b',
    spec: { schedule: '*/2 * * * *', operation: { restart: { kinds: ['Deployment'] } } },
  },
  scales: {
    namespace: 'team-a',
    spec: { schedule: '* * * * *', operation: { scale: { kinds: ['StatefulSet'], names: ['db'], replicas: 2 } } },
  },
  cleans: {
    namespace: 'team-b',
    spec: {
      schedule: '*/3 * * * *',
      operation: { cleanup: { kinds: ['ConfigMap'], selector: { matchLabels: { old: 'yes' } } } },
    },
  },
  follows: {
    namespace: 'team-b',
    spec: { dependsOn: [{ name: 'restarts' }], operation: { restart: { kinds: ['StatefulSet'] } } },
  },
}

const EDITS: readonly Partial<Spec>[] = [
  { suspend: true },
  { suspend: false },
  { suspend: false },
  { title: 'New' },
  { title: 'Newer' },
  { jitterSeconds: 30 },
  { jitterSeconds: 0 },
  { timeZone: 'Europe/Berlin' },
  { target: { namespaces: ['team-a'] } },
  { target: { namespaces: ['team-a', 'team-b'] } },
  { concurrencyPolicy: 'Queue' },
  { concurrencyPolicy: 'Replace' },
  { concurrencyPolicy: 'Forbid' },
  { startingDeadlineSeconds: 60 },
  { suspendAfterFailures: 2 },
  { suspendAfterFailures: 0 },
  { cacheSeconds: 600 },
  { retry: { attempts: 3, delaySeconds: 5, backoff: 'Exponential', maxDelaySeconds: 20 } },
  { serviceAccountName: 'other' },
  { priority: 10 },
  { historyLimit: 3 },
  { schedule: '*/2 * * * *' },
  { operation: { restart: { kinds: ['Deployment'] } } },
]

/** Those who make tasks and workloads, edit, suspend, ask, cancel, hold and delete them, at any time. */
export class People {
  readonly #server: ModelApiServer
  readonly #time: FakeClock
  readonly #dice: Dice
  readonly #tally: Tally
  readonly #names: readonly string[]
  #tokens = 0

  constructor(server: ModelApiServer, time: FakeClock, dice: Dice, tally: Tally) {
    this.#server = server
    this.#time = time
    this.#dice = dice
    this.#tally = tally
    const all = Object.keys(TASKS)
    const wanted = Array.from({ length: 2 + dice.below(3) }, () => dice.of(all))
    this.#names = [...new Set([...wanted, ...(wanted.includes('follows') ? ['restarts'] : [])])]
  }

  begin(): void {
    for (const name of NAMESPACES) {
      this.#create('/api/v1/namespaces', { metadata: { name } })
      for (const account of ['default', 'other'])
        this.#create(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: account } })
      this.#create(`${APPS}/${name}/deployments`, { metadata: { name: 'web' }, spec: { replicas: 3 } })
      this.#create(`${APPS}/${name}/deployments`, { metadata: { name: 'api' }, spec: { replicas: 1 } })
      this.#create(`${APPS}/${name}/statefulsets`, { metadata: { name: 'db' }, spec: { replicas: 1 } })
      this.#create(`/apis/batch/v1/namespaces/${name}/cronjobs`, {
        metadata: { name: 'report' },
        spec: { suspend: false },
      })
    }
    for (const name of this.#names) this.#createTask(name)
  }

  /** One of all the things that people do. */
  act(): void {
    const name = this.#dice.of(this.#names)
    const [does, act] = this.#dice.of(this.#acts(name))
    this.#tally.add(`people: ${does}`)
    act()
  }

  /** Nothing stands in the way of schedules any more, and all tasks are there. */
  settle(): void {
    for (const name of this.#names) {
      this.#createTask(name)
      this.#annotate(name, { [HOLD_ANNOTATION]: null, [CANCEL_ANNOTATION]: null })
      // An edit closes the breaker too.
      this.#edit(name, { suspend: false, title: 'settled' })
    }
  }

  #acts(name: string): readonly (readonly [string, () => void])[] {
    const token = `t${++this.#tokens}`
    const { namespace = '' } = TASKS[name] ?? {}
    return [
      ['edit', () => this.#edit(name, this.#dice.of(EDITS))],
      ['edit', () => this.#edit(name, this.#dice.of(EDITS))],
      ['edit back', () => this.#edit(name, TASKS[name]?.spec ?? {})],
      ['suspend', () => this.#edit(name, { suspend: true })],
      ['resume', () => this.#edit(name, { suspend: false })],
      ['run', () => this.#annotate(name, { [RUN_ANNOTATION]: token })],
      ['run', () => this.#annotate(name, { [RUN_ANNOTATION]: token })],
      ['wake', () => this.#annotate(name, { [WAKE_ANNOTATION]: token })],
      ['cancel', () => this.#annotate(name, { [CANCEL_ANNOTATION]: token })],
      [
        'hold',
        () => this.#annotate(name, { [HOLD_ANNOTATION]: rfc3339(this.#time.now() + this.#dice.below(8) * MINUTE) }),
      ],
      ['end a hold', () => this.#annotate(name, { [HOLD_ANNOTATION]: null })],
      ['delete', () => this.#ask({ method: 'DELETE', path: `${tasksPath(namespace)}/${name}` })],
      ['recreate', () => this.#createTask(name)],
      ['recreate', () => this.#createTask(name)],
      ['scale', () => this.#scale()],
      ['scale', () => this.#scale()],
      ['replace', () => this.#replace()],
      ['old things', () => this.#leaveBehind(token)],
    ]
  }

  #scale(): void {
    const namespace = this.#dice.of(NAMESPACES)
    const name = this.#dice.of(['web', 'api'])
    this.#patch(`${APPS}/${namespace}/deployments/${name}`, { spec: { replicas: this.#dice.below(4) } })
  }

  #replace(): void {
    const path = `${APPS}/${this.#dice.of(NAMESPACES)}/deployments`
    this.#ask({ method: 'DELETE', path: `${path}/api` })
    this.#create(path, { metadata: { name: 'api' }, spec: { replicas: this.#dice.below(4) } })
  }

  #leaveBehind(token: string): void {
    const metadata = { name: `old-${token}`, labels: { old: 'yes' } }
    this.#create(`/api/v1/namespaces/${this.#dice.of(NAMESPACES)}/configmaps`, { metadata })
  }

  #createTask(name: string): void {
    const { namespace = '', spec = {} } = TASKS[name] ?? {}
    this.#create(tasksPath(namespace), { metadata: { name }, spec: specOf(spec) })
  }

  #edit(name: string, spec: Partial<Spec>): void {
    // A merge patch adds an operation where there is one already.
    const { operation } = spec
    const others = operation ? { sleep: null, wake: null, scale: null, restart: null, cleanup: null } : {}
    this.#patch(this.#pathOf(name), { spec: { ...spec, ...(operation && { operation: { ...others, ...operation } }) } })
  }

  #annotate(name: string, annotations: Readonly<Record<string, string | null>>): void {
    this.#patch(this.#pathOf(name), { metadata: { annotations } })
  }

  #pathOf(name: string): string {
    return `${tasksPath(TASKS[name]?.namespace)}/${name}`
  }

  #create(path: string, body: { readonly metadata: Partial<ModelObject['metadata']>; readonly spec?: object }): void {
    this.#ask({ method: 'POST', path, body })
  }

  #patch(path: string, body: object): void {
    this.#ask({ method: 'PATCH', path, body })
  }

  /** What is refused is refused: they may mean what is not there. */
  #ask(asked: Omit<Asked, 'from'>): void {
    this.#server.handle({ ...asked, from: 'people' })
  }
}
