import type { Evidence, TargetWrite } from '../evidence.ts'
import { activeIn, type Run, runsOf, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 6: whoever takes up a run says so; and on one namespace nobody works in between somebody else's writes. */
export const oneAtATime: Invariant = evidence => [
  ...takenUp(evidence),
  ...sideBySide(evidence),
  ...interleaved(evidence),
]

function takenUp({ tasks }: Evidence): readonly Violation[] {
  return tasks.flatMap(life =>
    stepsOf(life).flatMap(({ before, after }) => {
      const [then, now] = [activeIn(before), activeIn(after)]
      if (!then || !now || then.id !== now.id || then.startTime !== now.startTime) return []
      const resumes = (now.resumed ?? 0) - (then.resumed ?? 0)
      const isNew = now.owner !== then.owner
      if (resumes === (isNew ? 1 : 0)) return []
      const message = `run ${now.id} was resumed ${resumes} times by ${isNew ? 'another' : 'the same'} process in version ${after.revision}`
      return [{ invariant: 6, about: life.key, message }]
    }),
  )
}

/** Who makes one attempt only has its namespaces from the claim to the record, if there is one; a Job takes none. */
function sideBySide({ tasks }: Evidence): readonly Violation[] {
  const runs = tasks
    .flatMap(runsOf)
    .filter(run => run.active.operation !== 'job' && hasOneAttempt(run) && (run.end || !run.life.gone))
  return runs.flatMap((run, index) =>
    runs.slice(index + 1).flatMap(other => {
      const namespace = run.active.namespaces.find(name => other.active.namespaces.includes(name))
      if (namespace === undefined || !overlap(run, other) || isWakeAtTheEnd(run, other)) return []
      const [one, two] = [run, other].map(({ life, active }) => `run ${active.id} of ${life.key}`)
      return [{ invariant: 6, about: namespace, message: `${one} and ${two} were active at the same time` }]
    }),
  )
}

/** A namespace that is being deleted waits for its tasks, which wake what they hold asleep before they go. */
function isWakeAtTheEnd(...runs: readonly Run[]): boolean {
  const operations = runs.map(({ active }) => active.operation)
  return operations.includes('deleteNamespace') && operations.includes('wake')
}

function hasOneAttempt({ life, active }: Run): boolean {
  return life.versions.every(version => activeIn(version)?.id !== active.id || activeIn(version)?.attempt === 1)
}

function overlap(one: Run, other: Run): boolean {
  const begins = (run: Run) => run.claim.revision
  const ends = (run: Run) => run.end?.revision ?? Number.POSITIVE_INFINITY
  return begins(one) < ends(other) && begins(other) < ends(one)
}

/** A B A is wrong when B has the later slot: it either ran at the same time, or A went on although it was overtaken. */
function interleaved({ tasks, writes }: Evidence): readonly Violation[] {
  const runs = new Map(tasks.flatMap(runsOf).map(run => [run.active.id, run]))
  const marked = writes.filter(({ writer, run }) => writer === 'Rota' && run !== undefined)
  const perNamespace = Map.groupBy(marked, ({ namespace }) => namespace)
  return [...perNamespace].flatMap(([namespace, all]) => {
    const found = new Map<string, Violation>()
    for (const [index, write] of all.entries()) {
      const mine = runs.get(write.run ?? '')
      if (!mine) continue
      const first = all.findIndex(({ run }) => run === write.run)
      for (const other of all.slice(first, index)) {
        const theirs = runs.get(other.run ?? '')
        if (!theirs || theirs.active.id === mine.active.id || !isLater(theirs, mine)) continue
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
