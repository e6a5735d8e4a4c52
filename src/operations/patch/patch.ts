import { type Fault, faultIn } from '../../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Spec } from '../../api/task.ts'
import type { Json } from '../../lib/json.ts'
import { valueIn } from '../../manifest/documents.ts'
import type { Action, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { changedFields, isSame } from '../shared/changed-fields.ts'
import { called, doneBy, isDone, missingNames, parted, targetOf, terminating } from '../shared/items.ts'
import { foundKinds, rightsOn } from '../shared/kinds.ts'
import { inTurns, kindsNamed, listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'

type PatchSpec = NonNullable<Spec['operation']['patch']>

interface SeenForPatch extends Seen {
  /** By uid: what the patch would make of an object, or why it cannot. */
  readonly tried: ReadonlyMap<string, Item | Fault>
}

/** Patches objects of one kind, each with the version that was seen and the mark of the run in the same request. */
export const patch: Operation<PatchSpec, SeenForPatch> = {
  name: 'patch',
  pastTense: 'patched',
  rights: async ({ kind }, discovery) => rightsOn(await foundKinds([kind], discovery), ['list', 'patch']),
  observe,
  plan,
}

async function observe(spec: PatchSpec, run: RunContext, read: Reader): Promise<SeenForPatch> {
  const { kinds, faults } = await kindsNamed([spec.kind], read)
  const seen = await listAll(read, kinds, run)
  const open = chosen(seen.items, spec).filter(item => isOpen(item, run))
  const change = actionsOf(spec)
  const results = await inTurns(open, item => triedOn(change(item), read))
  const tried = new Map(results.map((result, index) => [open[index]?.metadata.uid ?? '', result]))
  return { ...seen, faults: [...faults, ...seen.faults], tried }
}

function isOpen(item: Item, run: RunContext): boolean {
  return !isDying(item) && !isDone(item, run)
}

function isDying({ metadata }: Item): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** What becomes of it only the API server knows: it fills in, drops and refuses. */
async function triedOn(action: Action, read: Reader): Promise<Item | Fault> {
  try {
    return await read.tryOut(action)
  } catch (error) {
    return faultIn(error)
  }
}

function plan(spec: PatchSpec, seen: SeenForPatch, run: RunContext): Plan {
  const { names = [] } = spec
  const items = chosen(seen.items, spec)
  const { left, free } = parted(items, item => (isDying(item) ? terminating(item) : undefined))
  const change = actionsOf(spec)
  const actions: Action[] = []
  const faults: Fault[] = []
  let already = 0
  for (const item of items) {
    const result = seen.tried.get(item.metadata.uid)
    if (result === undefined) continue
    // A listed object that is gone by now needs nothing any more.
    if ('class' in result) faults.push(...(result.reason === 'NotFound' ? [] : [result]))
    else if (isSame(item, result)) already++
    else actions.push(change(item, run.id, `${called(item)}: changed (${changedFields(item, result)})`))
  }
  return {
    actions,
    done: doneBy(run, free),
    already,
    left,
    faults: [...seen.faults, ...faults, ...missingNames(names, seen, [spec.kind])],
  }
}

/**
 * What makes an action of an object: the text of the patch is read once for all of them. Without `mark`, the id of the
 * run, it is only tried out.
 */
function actionsOf(spec: PatchSpec): (item: Item, mark?: string, says?: string) => Action {
  const value = valueIn(spec.patch) as Json
  return (item, mark, says = '') => {
    const target = targetOf(item)
    const { annotations, resourceVersion: version } = item.metadata
    if (spec.type === 'JSON') {
      const operations = [...before(annotations, version), ...(value as readonly Json[]), ...marking(mark)]
      return { do: 'JsonPatch', target, version, operations, says }
    }
    const { metadata = {}, ...rest } = value as { readonly metadata?: { readonly annotations?: object } }
    const marked = { ...metadata.annotations, ...(mark !== undefined && { [LAST_RUN_ANNOTATION]: mark }) }
    const body = { ...rest, metadata: { ...metadata, annotations: marked } } as { readonly [key: string]: Json }
    return { do: spec.type === 'Merge' ? 'Patch' : 'StrategicPatch', target, version, body, says }
  }
}

/**
 * The version is replaced by itself: with another one in the object that is a conflict, which `test` would not be. And an
 * object without annotations has none to add to.
 */
function before(annotations: object | undefined, version: string): readonly Json[] {
  const same = { op: 'replace', path: '/metadata/resourceVersion', value: version }
  return annotations ? [same] : [same, { op: 'add', path: '/metadata/annotations', value: {} }]
}

/** The last operation, so that none of the others can take it away. */
function marking(mark: string | undefined): readonly Json[] {
  const path = `/metadata/annotations/${LAST_RUN_ANNOTATION.replace('/', '~1')}`
  return mark === undefined ? [] : [{ op: 'add', path, value: mark }]
}
