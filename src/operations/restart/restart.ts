import type { Spec } from '../../api/task.ts'
import { rfc3339 } from '../../lib/instant.ts'
import type { LeftOut, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, doneBy, isDone, leftOut, mergePatch, missingNames, parted, targetOf } from '../shared/items.ts'
import { foundKinds, rightsOn } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'
import { notReady } from '../shared/verify.ts'

type RestartSpec = NonNullable<Spec['operation']['restart']>

/** The annotation of `kubectl rollout restart`: a change of the pod template, so that the pods are replaced in turn. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

/** Rolling restart, as `kubectl rollout restart`, stamped with the slot. */
export const restart: Operation<RestartSpec> = {
  name: 'restart',
  pastTense: 'restarted',
  rights: async (spec, discovery) => rightsOn(await foundKinds(spec.kinds, discovery), ['list', 'patch']),
  observe,
  plan,
  async unverified(spec, run, read) {
    return notReady(await observe(spec, run, read), run)
  },
}

async function observe(spec: RestartSpec, run: RunContext, read: Reader): Promise<Seen> {
  return listAll(read, await foundKinds(spec.kinds, read), run)
}

function plan(spec: RestartSpec, seen: Seen, run: RunContext): Plan {
  const { names = [] } = spec
  const items = chosen(seen.items, spec)
  const { left, free } = parted(items, notRestarted)
  const stamp = rfc3339(run.slotTime)
  const others = free.filter(item => !isDone(item, run))
  // Where another run has put its mark since, the stamp tells: nothing would roll out a second time.
  const open = others.filter(item => item.spec?.template?.metadata?.annotations?.[RESTARTED_AT] !== stamp)
  const template = { metadata: { annotations: { [RESTARTED_AT]: stamp } } }
  return {
    actions: open.map(item => mergePatch(item, run, `${called(item)}: restarted`, { spec: { template } })),
    done: doneBy(run, free),
    already: others.length - open.length,
    left,
    faults: [...seen.faults, ...missingNames(names, seen, spec.kinds)],
  }
}

/** A paused Deployment would not roll out; `kubectl rollout restart` refuses it too. */
function notRestarted(item: Item): LeftOut | undefined {
  if (item.spec?.paused) return { target: targetOf(item), reason: 'Paused', message: 'its rollout is paused' }
  return leftOut(item)
}
