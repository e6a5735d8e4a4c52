import type { Spec } from '../../api/task.ts'
import { rfc3339 } from '../../lib/instant.ts'
import type { Item, LeftOut, Operation, Plan, RunContext, Seen } from '../contract.ts'
import { called, doneBy, isDone, leftOut, missingNames, patch, targetOf } from '../shared/items.ts'
import { kindsNamed, listAndPatch } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'

type RestartSpec = NonNullable<Spec['operation']['restart']>

/** The annotation of `kubectl rollout restart`: a change of the pod template, so that the pods are replaced in turn. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

/** Rolling restart, as `kubectl rollout restart`, stamped with the slot. */
export const restart: Operation<RestartSpec> = {
  name: 'restart',
  pastTense: 'restarted',
  rights: spec => listAndPatch(kindsNamed(spec.kinds)),
  observe: (spec, run, read) => listAll(read, kindsNamed(spec.kinds), run),
  plan,
}

function plan(spec: RestartSpec, seen: Seen, run: RunContext): Plan {
  const { names = [] } = spec
  const items = chosen(seen.items, spec)
  const left = items.map(notRestarted).filter(out => out !== undefined)
  const free = items.filter(item => !notRestarted(item))
  const open = free.filter(item => !isDone(item, run))
  const stamp = { template: { metadata: { annotations: { [RESTARTED_AT]: rfc3339(run.slotTime) } } } }
  return {
    actions: open.map(item => patch(item, run, `${called(item)}: restarted`, stamp)),
    done: doneBy(run, free),
    already: 0,
    left,
    faults: [...seen.faults, ...(seen.faults.length > 0 ? [] : missingNames(names, seen.items, spec.kinds))],
  }
}

/** A paused Deployment would not roll out; `kubectl rollout restart` refuses it too. */
function notRestarted(item: Item): LeftOut | undefined {
  if (item.spec?.paused) return { target: targetOf(item), reason: 'Paused', message: 'its rollout is paused' }
  return leftOut(item)
}
