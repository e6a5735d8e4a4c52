import { GROUP, PLURAL, SLEEP_ANNOTATION } from '../../src/api/names.ts'
import type { ScheduledTask } from '../../src/api/task.ts'
import { isStateBased } from '../../src/decide/armed.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, World } from '../../src/decide/decision.ts'
import { fold } from '../../src/decide/fold.ts'
import { newestDue } from '../../src/decide/slots.ts'
import { keyOf, type Task, taskOf } from '../../src/decide/task.ts'
import { type Instant, instantOf } from '../../src/lib/instant.ts'
import { sameJson } from '../../src/lib/json.ts'
import { BOUNDS } from '../builders/task.ts'
import type { ModelApiServer, ModelObject } from './api-server.ts'
import type { ModelOperator } from './operator.ts'

/** What is wrong after a while without faults: each status is right, and nothing sleeps that ought to be awake. */
export function endState(operator: ModelOperator, server: ModelApiServer, now: Instant): readonly string[] {
  const tasks = tasksIn(server)
  return tasks.flatMap(task => {
    const wrong: string[] = []
    const decision = decided(operator, tasks, task, now)
    if (decision.do !== 'Nothing') wrong.push(`still to ${decision.do}: ${decision.message}`)
    else if (!sameJson(fold(task, [], now), task.status)) wrong.push('its status is not what follows from it')
    if (task.status.activeRun) wrong.push(`run ${task.status.activeRun.id} does not end`)
    wrong.push(...asleep(task, server, now))
    const known = operator.store.get(task.key)
    if (known?.version !== task.version) wrong.push(`the operator knows version ${known?.version}, not ${task.version}`)
    return wrong.map(what => `18: ${task.key}: ${what}`)
  })
}

/** What was owed when the API server came back, and is not claimed although it could be. */
export function unclaimed(
  operator: ModelOperator,
  server: ModelApiServer,
  now: Instant,
  recovery: number,
): readonly string[] {
  const tasks = tasksIn(server)
  const busy = new Set(tasks.flatMap(({ status }) => status.activeRun?.namespaces ?? []))
  return tasks.flatMap(task => {
    const decision = decided(operator, tasks, task, now)
    if (decision.do !== 'Start' || decision.run.due > now - recovery) return []
    if (decision.run.namespaces.some(name => busy.has(name))) return []
    return [`${task.key}: not recovered ${recovery / 1000} s after the API server was back: ${decision.message}`]
  })
}

function tasksIn(server: ModelApiServer): readonly Task[] {
  return server.all(PLURAL, GROUP).map(object => taskOf(object as unknown as ScheduledTask, BOUNDS))
}

function decided(operator: ModelOperator, tasks: readonly Task[], task: Task, now: Instant): Decision {
  const world: World = {
    owner: operator.owner,
    working: false,
    clockSkewed: false,
    settings: operator.settings,
    dependency: name => tasks.find(({ key }) => key === keyOf(task.namespace, name)),
    resolved: () => [],
    hasLooked: () => true,
  }
  return decide({ task, now, world })
}

/** A sleep with a `wakeSchedule`: what its newest slot says is the case. */
function asleep(task: Task, server: ModelApiServer, now: Instant): readonly string[] {
  if (!isStateBased(task)) return []
  const held = [...server.all('deployments', 'apps'), ...server.all('statefulsets', 'apps')].filter(object =>
    holdersOf(object).includes(task.uid),
  )
  const newest = newestDue(task, now)
  const settled = newest && (instantOf(task.status.lastSlotTime) ?? 0) >= newest.at
  if (!settled) return []
  if (newest.operation === 'wake' && held.length > 0) {
    return held.map(({ metadata }) => `${metadata.namespace}/${metadata.name} sleeps, and its newest slot is a wake`)
  }
  return newest.operation === 'sleep' && task.status.lastResult === 'Succeeded' && held.length === 0
    ? ['nothing of it sleeps, and its newest slot is a sleep']
    : []
}

function holdersOf({ metadata }: ModelObject): readonly string[] {
  const note = metadata.annotations?.[SLEEP_ANNOTATION]
  if (note === undefined) return []
  const { holders } = JSON.parse(note) as { readonly holders: readonly { readonly uid: string }[] }
  return holders.map(({ uid }) => uid)
}
