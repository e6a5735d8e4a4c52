import type { Spec } from '../../api/task.ts'
import type { Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import { called, doneBy, isDone, leftOutOfScaling, missingNames, parted, patch } from '../shared/items.ts'
import { foundKinds, rightsToScale } from '../shared/kinds.ts'
import { changeTo, levelOf, step, unscalable } from '../shared/level.ts'
import { kindsNamed, listAll, withScale } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'
import { undone } from '../shared/undone.ts'
import { notReady } from '../shared/verify.ts'

type ScaleSpec = NonNullable<Spec['operation']['scale']>

/** Sets the number of replicas of workloads, chosen by name or label. */
export const scale: Operation<ScaleSpec> = {
  name: 'scale',
  pastTense: 'scaled',
  rights: async ({ kinds }, discovery) => rightsToScale(await foundKinds(kinds, discovery)),
  observe,
  plan,
  async undone(spec, run, read) {
    const { items } = await observe(spec, run, read)
    return undone(items, run, (_, level) => level !== spec.replicas)
  },
  async unverified(spec, run, read) {
    return notReady(await observe(spec, run, read), run)
  },
}

async function observe(spec: ScaleSpec, run: RunContext, read: Reader): Promise<Seen> {
  const named = await kindsNamed(spec.kinds, read, [], kind => unscalable(kind, false))
  const listed = await listAll(read, named.kinds, run)
  const faults = [...named.faults, ...listed.faults]
  // Their number is asked for one by one: only of those that are to be scaled.
  const wanted = new Set(chosen(listed.items, spec))
  const { items, faults: more } = await withScale(read, { items: [...wanted], faults })
  return { items: [...items, ...listed.items.filter(item => !wanted.has(item))], faults: more }
}

function plan(spec: ScaleSpec, seen: Seen, run: RunContext): Plan {
  const { names = [], replicas } = spec
  const items = chosen(seen.items, spec)
  const { left, free } = parted(items, leftOutOfScaling)
  const open = free.filter(item => !isDone(item, run) && levelOf(item) !== replicas)
  return {
    actions: open.map(item =>
      patch(item, run, `${called(item)}: ${step(levelOf(item), replicas)}`, changeTo(replicas, item)),
    ),
    done: doneBy(run, free),
    already: free.filter(item => !isDone(item, run)).length - open.length,
    left,
    faults: [...seen.faults, ...missingNames(names, seen, spec.kinds)],
  }
}
