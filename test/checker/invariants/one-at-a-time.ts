import { SECOND } from '../../../src/lib/instant.ts'
import type { Evidence, TargetWrite } from '../evidence.ts'
import { ongoingIn, type Run, runsOf, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/**
 * For so long a process may not know of a claim that another one had sent before it ended: it arrives late, and is heard
 * of by the watch, which may be dead for this long before it is noticed.
 */
const UNHEARD_OF = 15 * SECOND

/** 6: whoever takes up a run says so; and on one namespace nobody works in between somebody else's writes. */
export const oneAtATime: Invariant = evidence => [
  ...takenUp(evidence),
  ...sideBySide(evidence),
  ...interleaved(evidence),
]

function takenUp({ tasks }: Evidence): readonly Violation[] {
  return tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const ongoing = ongoingIn(step)
      if (!ongoing) return []
      const { then, now } = ongoing
      const resumes = (now.resumed ?? 0) - (then.resumed ?? 0)
      const isNew = now.owner !== then.owner
      if (resumes === (isNew ? 1 : 0)) return []
      const message = `run ${now.id} was resumed ${resumes} times by ${isNew ? 'another' : 'the same'} process in version ${step.after.revision}`
      return [{ invariant: 6, about: life.key, message }]
    }),
  )
}

/**
 * Who makes one attempt only has its namespaces from the claim to the record, if there is one; a Job takes none. That two
 * runs, of which one was claimed by a process that has ended, do not write in turn is seen by `interleaved`.
 */
function sideBySide({ tasks }: Evidence): readonly Violation[] {
  const runs = tasks
    .flatMap(runsOf)
    .filter(run => run.active.operation !== 'job' && hasOneAttempt(run) && (run.end || !run.life.gone))
  const open = new Map<string, readonly Run[]>()
  return runs
    .toSorted((a, b) => a.claim.revision - b.claim.revision)
    .flatMap(run =>
      run.active.namespaces.flatMap(namespace => {
        const others = (open.get(namespace) ?? []).filter(other => isActive(other, run.claim.revision))
        open.set(namespace, [...others, run])
        return others
          .filter(other => !isWakeAtTheEnd(run, other) && !isUnheardOf(run, other))
          .map(other => together(namespace, other, run))
      }),
    )
}

/** Claimed by two processes at almost the same time. */
function isUnheardOf(run: Run, earlier: Run): boolean {
  return run.active.owner !== earlier.active.owner && run.claim.answered - earlier.claim.answered < UNHEARD_OF
}

/** A namespace that is being deleted waits for its tasks, which wake what they hold asleep before they go. */
function isWakeAtTheEnd(...runs: readonly Run[]): boolean {
  const operations = runs.map(({ active }) => active.operation)
  return operations.includes('deleteNamespace') && operations.includes('wake')
}

function hasOneAttempt({ versions }: Run): boolean {
  return versions.every(({ task }) => task.status?.activeRun?.attempt === 1)
}

function isActive({ end }: Run, revision: number): boolean {
  return (end?.revision ?? Number.POSITIVE_INFINITY) > revision
}

function together(namespace: string, ...runs: readonly Run[]): Violation {
  const named = runs.map(({ life, active }) => `run ${active.id} of ${life.key}`)
  return { invariant: 6, about: namespace, message: `${named.join(' and ')} were active at the same time` }
}

/**
 * A B A is wrong when B has the later slot: it either ran at the same time, or A went on although it was overtaken. But of
 * a task that is gone by then no status tells, and it wants nothing any more.
 */
function interleaved({ tasks, writes }: Evidence): readonly Violation[] {
  const runs = new Map(tasks.flatMap(runsOf).map(run => [run.active.id, run]))
  const marked = writes.filter(({ writer, run }) => writer === 'Rota' && run !== undefined)
  const perNamespace = Map.groupBy(marked, ({ namespace }) => namespace)
  return [...perNamespace].flatMap(([namespace, all]) => {
    const found = new Map<string, Violation>()
    // Of writes of one run in a row the first stands for all: so nothing is between those of a run that is by itself.
    const turns = all.filter(({ run }, index) => run !== all[index - 1]?.run)
    const firsts = new Map<string, number>()
    for (const [index, write] of turns.entries()) {
      const mine = runs.get(write.run ?? '')
      if (!mine) continue
      const first = firsts.get(mine.active.id) ?? index
      firsts.set(mine.active.id, first)
      for (const other of turns.slice(first, index)) {
        const theirs = runs.get(other.run ?? '')
        if (!theirs || theirs.active.id === mine.active.id || !isLater(theirs, mine)) continue
        if (theirs.life.gone !== undefined && theirs.life.gone <= write.received) continue
        found.set(`${mine.active.id} ${theirs.active.id}`, {
          invariant: 6,
          about: namespace,
          message: between(mine, theirs, write),
        })
      }
    }
    return [...found.values()]
  })
}

function isLater(one: Run, than: Run): boolean {
  return Date.parse(one.active.slotTime) > Date.parse(than.active.slotTime)
}

function between(mine: Run, theirs: Run, write: TargetWrite): string {
  return `run ${theirs.active.id} of ${theirs.life.key} wrote between writes of run ${mine.active.id} of ${mine.life.key}, up to ${write.target}`
}
