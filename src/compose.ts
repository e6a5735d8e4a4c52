import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Emit } from './api/facts.ts'
import { GROUP, PLURAL } from './api/names.ts'
import type { ScheduledTask } from './api/task.ts'
import type { Config } from './config.ts'
import { Controller } from './controller/controller.ts'
import { competeForAll, leaseName, shardOf } from './controller/shards.ts'
import { Store } from './controller/store.ts'
import type { Leaving } from './decide/decision.ts'
import { keyOf, type Task } from './decide/task.ts'
import { flow } from './execution/flow.ts'
import { pool } from './execution/pool.ts'
import { Client } from './kube/client.ts'
import { connect } from './kube/connection.ts'
import { discoveryOf } from './kube/discovery.ts'
import { recorder } from './kube/events.ts'
import { leasesOf } from './kube/leases.ts'
import { tasksPath } from './kube/paths.ts'
import { Reflector } from './kube/reflector.ts'
import { targetsOf } from './kube/targets.ts'
import { tasksOf } from './kube/tasks.ts'
import { type Clock, pause } from './lib/clock.ts'
import { shortHash } from './lib/hash.ts'
import { instantOf, SECOND } from './lib/instant.ts'
import { podNamespace } from './pod-namespace.ts'
import type { PageFiles } from './server/page.ts'
import type { Answers, Viewer } from './server/ports.ts'
import { listen } from './server/server.ts'
import { taskBook } from './task-book.ts'
import { logFacts, logger } from './telemetry/logs.ts'
import { metrics } from './telemetry/metrics.ts'
import { noteOf } from './telemetry/notes.ts'
import type { Sleeper } from './telemetry/saved.ts'
import { addTaskMetrics, type TaskReading } from './telemetry/task-metrics.ts'
import { VERSION } from './version.ts'
import { localViewer, type ViewerParts, viewersOf } from './viewers.ts'

/** What the machine provides, and tests replace. */
export interface Ports {
  readonly clock: Clock
  readonly logs: { write(line: string): void }
  /** A clock that differs more from the API server's claims nothing. Milliseconds. */
  readonly clockTolerance?: number
  readonly onFact?: Emit
  /** The dashboard; there is none where there is no build. */
  readonly page?: PageFiles
}

export interface Operator {
  /** The port that it really listens on. */
  readonly port: number
  /** Whether this process works on all tasks: it holds all leases, and knows them. */
  readonly leadsAll: boolean
  /** By which replicas agree on who works. */
  readonly leases: { readonly namespace: string; readonly names: readonly string[] }
  /** As last seen. */
  tasks(): Iterable<Task>
  /** Resolves when everything has ended; runs that did not end in time are left to be resumed. */
  stop(): Promise<void>
}

const CLOCK_TOLERANCE = 30 * SECOND
/** A watch that was silent for longer is dead. */
const STALE = 20 * SECOND
/** An API server that is away is asked again within a minute; who has not even asked will not do so any more. */
const STUCK = 120 * SECOND

/**
 * Puts an operator together and starts it. @throws Error that says what is missing
 * @param leaving it only ends what has begun, and wakes what sleeps
 */
export async function compose(config: Config, ports: Ports, leaving?: Leaving): Promise<Operator> {
  const { clock, logs } = ports
  const log = logger(config['log-format'], config['log-level'], logs)
  const ownNamespace = podNamespace()
  const store = new Store({ ownNamespace: ownNamespace ?? '', crossNamespace: config['cross-namespace'] })
  /** One for each shard that this process leads. */
  const controllers = new Set<Controller>()
  const listeners = new Set<(key: string) => void>()
  const requests = flow(clock, config['max-task-workers'], () => workers.workers)
  const workers = pool({
    min: config['max-task-workers'],
    max: config['task-workers-limit'],
    bearable: () => requests.limit,
  })
  requests.onLimit = () => workers.resize()
  store.onChange = key => {
    for (const controller of controllers) controller.changed(key)
    for (const listener of listeners) listener(key)
  }
  const subscribe = (listener: (key: string) => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const settings = {
    taskTimeoutSeconds: config['task-timeout-seconds'],
    taskMaxRetries: config['task-max-retries'],
    taskRetryDelaySeconds: config['task-retry-delay-seconds'],
  }
  const load = () => {
    const sum = (of: (controller: Controller) => number) => [...controllers].reduce((all, one) => all + of(one), 0)
    const { workers: most, queued } = workers
    return { workers: most, active: sum(({ active }) => active), queued, waiting: sum(({ waiting }) => waiting) }
  }
  const telemetry = metrics(VERSION, {
    pool: load,
    requests: () => requests,
    phases: () => phasesOf(store),
    sleepers: () => sleepersIn(store),
    silence: () => Math.max(0, ...reflectors.map(({ silence }) => silence)) / SECOND,
  })
  if (config['task-metrics']) addTaskMetrics(telemetry.registry, () => readingsIn(store))
  const subscribers: Emit[] = [logFacts(log), telemetry.emit, ...(ports.onFact ? [ports.onFact] : [])]
  const emit: Emit = fact => {
    for (const subscriber of subscribers) subscriber(fact)
  }

  const connection = await connect(config.kubeconfig)
  const client = new Client(connection, clock, emit, { flow: requests })
  const identity = config.identity ?? hostname()
  const events = recorder({
    client,
    clock,
    instance: identity,
    uidOf: key => store.get(key)?.uid,
    trouble: message => emit({ fact: 'Trouble', where: 'events', message }),
  })
  subscribers.push(fact => {
    const note = noteOf(fact)
    if (note) events.tell(note)
  })
  const stopping = new AbortController()
  const namespaces = config.namespace.length > 0 ? config.namespace : [undefined]
  const reflectors = namespaces.map(namespace => reflectorOf(client, emit, store, namespace))
  const watching = reflectors.map(reflector => reflector.run(stopping.signal))
  const isSynced = () => reflectors.every(({ synced }) => synced)
  const isClockSkewed = () => Math.abs(client.aheadMilliseconds) > (ports.clockTolerance ?? CLOCK_TOLERANCE)

  const answers: Answers = {
    health: () => health(config, clock, store, load()),
    notAlive: () => {
      const idle = Math.max(0, ...reflectors.map(reflector => reflector.idle))
      return idle > STUCK ? `tasks have not been watched for ${Math.round(idle / SECOND)} s` : undefined
    },
    notReady: () => {
      if (!isSynced()) return 'the list of tasks is not complete yet'
      if (reflectors.some(({ silence }) => silence > STALE)) return 'the watch of tasks is silent'
      return isClockSkewed()
        ? `the clock differs from the API server's by ${Math.round(client.aheadMilliseconds / SECOND)} s`
        : undefined
    },
    metrics: async () => ({ contentType: telemetry.registry.contentType, text: await telemetry.registry.metrics() }),
    api: {
      isLocal: config['insecure-local'],
      version: VERSION,
      tasks: taskBook(store, settings, subscribe),
      pool: load,
      settings,
      now: () => clock.now(),
      isSynced,
      viewer: viewerBy(config, {
        clock,
        emit,
        connection,
        client,
        store,
        settings,
        holdsAll: config.namespace.length === 0,
      }),
    },
    page: ports.page,
  }
  const server = await listen(config.port, config['insecure-local'] ? '127.0.0.1' : undefined, answers)
  log.info(
    { port: server.port, version: VERSION, server: connection.url, namespaces: config.namespace },
    'rota started',
  )

  const discovery = discoveryOf(client, clock)
  const lead = async (shard: number, signal: AbortSignal, lost: AbortSignal, holds: () => boolean) => {
    while (!isSynced() && !signal.aborted) await pause(clock, 50, signal)
    if (signal.aborted) return
    const stillLeads = () => {
      const isOurs = holds()
      if (!isOurs) controller.abort()
      return isOurs
    }
    const controller: Controller = new Controller({
      clock,
      emit,
      store,
      tasks: tasksOf(client),
      targets: targetsOf(client, discovery, clock, stillLeads),
      discovery,
      pool: workers,
      holds: stillLeads,
      serves: namespace => shardOf(namespace, config.shards) === shard,
      owner: `${identity}-${randomUUID().slice(0, 8)}`,
      isClockSkewed,
      time: () => clock.now() - (isClockSkewed() ? client.aheadMilliseconds : 0),
      seesAll: config.namespace.length === 0,
      settings,
      ...(leaving && { leaving }),
    })
    controllers.add(controller)
    controller.considerAll()
    await aborted(signal)
    // A stop that was asked for gives what runs its time to end; a lost lease, even in the midst of that, leaves none.
    lost.addEventListener('abort', () => controller.abort(), { once: true })
    await controller.stop(lost.aborted ? 0 : config['shutdown-grace'] * SECOND)
    controllers.delete(controller)
  }

  let stopped = false
  const stop = new AbortController()
  const firstLease = config.namespace.length > 0 ? `rota-${shortHash(...[...config.namespace].sort())}` : 'rota'
  const home = ownNamespace ?? connection.namespace
  const contest = {
    shards: config.shards,
    name: firstLease,
    identity: `${identity}_${randomUUID()}`,
    leasesOf: (name: string) => leasesOf(client, home, name, () => clock.now()),
    clock,
    emit,
    lead,
  }
  const working = config['leader-elect']
    ? competeForAll(contest, stop.signal)
    : lead(0, stop.signal, new AbortController().signal, () => true)
  return {
    port: server.port,
    get leadsAll() {
      return controllers.size === config.shards
    },
    leases: {
      namespace: home,
      names: Array.from({ length: config.shards }, (_, shard) => leaseName(firstLease, shard)),
    },
    tasks: () => store.all(),
    async stop() {
      if (stopped) return
      stopped = true
      log.info('stopping: no new runs')
      stop.abort()
      await working
      await events.close()
      stopping.abort()
      await Promise.all(watching)
      await server.close()
      await connection.close()
      log.info('stopped')
    },
  }
}

function viewerBy(config: Config, parts: ViewerParts): (token: string | undefined) => Promise<Viewer | undefined> {
  if (!config['insecure-local']) return viewersOf(parts)
  const local = localViewer(parts)
  return async () => local
}

function reflectorOf(
  client: Client,
  emit: Emit,
  store: Store,
  namespace: string | undefined,
): Reflector<ScheduledTask> {
  return new Reflector<ScheduledTask>({
    client,
    emit,
    path: tasksPath(namespace),
    resource: `${PLURAL}.${GROUP}`,
    onPut: object => void store.put(object),
    onGone: ({ metadata }) => void store.remove(keyOf(metadata.namespace, metadata.name), metadata.uid),
    onListed: (uids, version) => store.listed(uids, version, namespace),
  })
}

function phasesOf(store: Store): ReadonlyMap<string, number> {
  const phases = new Map<string, number>()
  for (const { status } of store.all()) {
    if (status.phase) phases.set(status.phase, (phases.get(status.phase) ?? 0) + 1)
  }
  return phases
}

function* sleepersIn(store: Store): Generator<Sleeper> {
  for (const { spec, status } of store.all()) {
    if (!spec.operation.sleep && !status.sleeping) continue
    const { cpuMillicores = 0, memoryBytes = 0 } = status.sleeping ?? {}
    yield { costCenter: spec.costCenter ?? '', cpuMillicores, memoryBytes }
  }
}

function* readingsIn(store: Store): Generator<TaskReading> {
  for (const { namespace, name, status } of store.all()) {
    const lastSuccess = instantOf(status.lastSuccessfulTime)
    const nextRun = instantOf(status.nextRunTime)
    yield { namespace, name, lastSuccess, nextRun, consecutiveFailures: status.consecutiveFailures ?? 0 }
  }
}

function health(config: Config, clock: Clock, store: Store, pool: { workers: number; active: number }): object {
  return {
    status: 'healthy',
    timestamp: new Date(clock.now()).toISOString(),
    tasks_count: store.size,
    running_tasks: pool.active,
    thread_pool: {
      max_workers: pool.workers,
      active_threads: pool.active,
      task_timeout: config['task-timeout-seconds'],
      max_retries: config['task-max-retries'],
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
