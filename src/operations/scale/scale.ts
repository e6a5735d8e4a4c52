import type { Spec } from '../../api/task.ts'
import type { Operation, Plan, RunContext, Seen } from '../contract.ts'
import { called, doneBy, isDone, leftOut, missingNames, patch } from '../shared/items.ts'
import { kindsNamed, listAndPatch } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'
import { levelOf } from '../shared/sleep-state.ts'

type ScaleSpec = NonNullable<Spec['operation']['scale']>

/** Sets the number of replicas of workloads, chosen by name or label. */
export const scale: Operation<ScaleSpec> = {
  name: 'scale',
  pastTense: 'scaled',
  rights: spec => listAndPatch(kindsNamed(spec.kinds)),
  observe: (spec, run, read) => listAll(read, kindsNamed(spec.kinds), run),
  plan,
}

function plan(spec: ScaleSpec, seen: Seen, run: RunContext): Plan {
  const { names = [] } = spec
  const items = chosen(seen.items, spec)
  const left = items.map(leftOut).filter(out => out !== undefined)
  const free = items.filter(item => !leftOut(item))
  const open = free.filter(item => !isDone(item, run) && levelOf(item) !== spec.replicas)
  return {
    actions: open.map(item => {
      const says = `${called(item)}: replicas ${levelOf(item)} → ${spec.replicas}`
      return patch(item, run, says, { replicas: spec.replicas })
    }),
    done: doneBy(run, free),
    already: free.filter(item => !isDone(item, run)).length - open.length,
    left,
    faults: [...seen.faults, ...(seen.faults.length > 0 ? [] : missingNames(names, seen.items, spec.kinds))],
  }
}
