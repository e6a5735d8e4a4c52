import type { Problem } from './read-spec.ts'
import type { Task } from './task.ts'

/**
 * The shortest way along `dependsOn` from a task back to itself, as names; `undefined` when there is none. Such tasks wait
 * for each other for ever: each of them is stalled.
 */
export function cycleThrough(
  name: string,
  dependency: (name: string) => Task | undefined,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string>()
  const open = [name]
  for (const current of open) {
    for (const { name: next } of dependency(current)?.spec.dependsOn ?? []) {
      if (next === name) return way(name, current, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, current)
      open.push(next)
    }
  }
  return undefined
}

function way(from: string, to: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const names = [from]
  for (let name: string | undefined = to; name !== undefined && name !== from; name = cameFrom.get(name))
    names.unshift(name)
  return [from, ...names]
}

/** A cycle is a problem of each of its members, unless they have one of their own. */
export function judged(task: Task, dependency: (name: string) => Task | undefined): Task {
  if (task.problem && task.problem.reason !== REASON) return task
  const cycle = cycleThrough(task.name, dependency)
  return cycle || task.problem ? { ...task, problem: cycle && problemOf(cycle) } : task
}

const REASON = 'DependencyCycle'

function problemOf(names: readonly string[]): Problem {
  return {
    reason: REASON,
    message: `spec.dependsOn: ${names.join(' → ')} is a cycle, in which each waits for the next one: remove one of these dependencies`,
  }
}
