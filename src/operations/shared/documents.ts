import { type Fault, faultIn, type Kind, type Target } from '../../api/fault.ts'
import { builtIn } from '../../api/kinds.ts'
import { GROUP, LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Json } from '../../lib/json.ts'
import { type Document, documentsIn } from '../../manifest/documents.ts'
import type { Action, Discovery, Plan, Reader, Right, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { changedFields, isSame } from './changed-fields.ts'
import { called, isDone, targetOf } from './items.ts'
import { distinct, rightsToApply } from './kinds.ts'
import { inTurns } from './observe.ts'

/** An object to be applied: what is there now, and what the API server would make of it, as far as it can tell. */
export type Tried = { readonly target: Target } & (
  | { readonly fault: Fault }
  | { readonly body: Body; readonly existing: Item; readonly result: Item }
  | { readonly body: Body; readonly existing: undefined; readonly result: Item | undefined }
)

type Body = { readonly [key: string]: Json | undefined }

/** The field manager of a task's applies, so that no two tasks own the same fields unnoticed. */
export function managerOf({ task }: RunContext): string {
  return `rota-${task.uid.slice(0, 8)}`
}

/** What applying these manifests takes. */
export async function documentRights(text: string, discovery: Discovery): Promise<readonly Right[]> {
  const kinds: Kind[] = []
  for (const { apiVersion, kind } of documentsIn(text)) {
    const found = await kindOf(apiVersion, kind, discovery)
    if (found) kinds.push(found)
  }
  return rightsToApply(distinct(kinds))
}

/**
 * Tries out all documents in these namespaces. The API server judges each one; nothing is changed. In a namespace that is
 * still `absent` it cannot: there it is only known that nothing exists.
 */
export async function tryAll(
  text: string,
  namespaces: readonly string[],
  force: boolean,
  run: RunContext,
  read: Reader,
  absent: readonly string[] = [],
): Promise<readonly Tried[]> {
  const isElsewhere = (name: string) => run.namespaces.includes(name) && !namespaces.includes(name)
  const placed = documentsIn(text).flatMap(document => {
    const { namespace } = document.metadata
    const places = namespace === undefined ? namespaces : isElsewhere(namespace) ? [] : [namespace]
    return places.map(place => ({ document, namespace: place }))
  })
  return inTurns(placed, ({ document, namespace }) => tried(document, namespace, force, run, read, absent))
}

async function tried(
  document: Document,
  namespace: string,
  force: boolean,
  run: RunContext,
  read: Reader,
  absent: readonly string[],
): Promise<Tried> {
  const { apiVersion, kind: name, metadata } = document
  const unknown: Kind = { kind: name, group: '', version: '', plural: '' }
  try {
    const kind = await kindOf(apiVersion, name, read)
    const target: Target = { kind: kind ?? unknown, namespace, name: metadata.name }
    const problem = problemOf(kind, apiVersion, namespace, run)
    if (problem !== undefined) return { target, fault: invalid(`${name}/${metadata.name}: ${problem}`, target) }
    const body = { ...document, metadata: { ...metadata, namespace } } as unknown as Body
    if (absent.includes(namespace)) return { target, body, existing: undefined, result: undefined }
    return await tryOn(target, body, force, run, read)
  } catch (error) {
    const target = { kind: unknown, namespace, name: metadata.name }
    return { target, fault: faultIn(error) }
  }
}

/** What is there, and what applying would make of it; of what this run has applied already nothing more. @throws FaultError */
export async function tryOn(target: Target, body: Body, force: boolean, run: RunContext, read: Reader): Promise<Tried> {
  const existing = await read.get(target)
  if (existing?.metadata.deletionTimestamp !== undefined) return { target, fault: terminating(existing) }
  if (existing && isDone(existing, run)) return { target, body, existing, result: existing }
  // The mark stays as it is, so that an object that is as wanted is seen to be so.
  const mark = existing?.metadata.annotations?.[LAST_RUN_ANNOTATION]
  return { target, body, existing, result: await read.tryOut(apply(target, body, mark, force, existing, run, '')) }
}

async function kindOf(apiVersion: string, kind: string, discovery: Discovery): Promise<Kind | undefined> {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const known = builtIn(group === '' ? kind : `${kind}.${group}`)
  if (known && known.version === version && known.group === group) return known
  return discovery.find(group, kind, version)
}

function problemOf(kind: Kind | undefined, apiVersion: string, namespace: string, run: RunContext): string | undefined {
  if (!kind)
    return `the cluster has no such kind in ${apiVersion}: install it first (a new one is known within a minute)`
  if (kind.cluster) return 'is not in a namespace, and tasks work within namespaces: apply it by other means'
  if (kind.group === GROUP) return "tasks do not work on Rota's own kinds"
  if (!run.namespaces.includes(namespace)) return `namespace ${namespace} is no target of this task`
  return undefined
}

/** Applied to what is on its way out it would go with it; another attempt makes it anew. */
function terminating(item: Item): Fault {
  const message = `${called(item)} is being deleted: it is applied when it is gone`
  return { class: 'Transient', reason: 'Terminating', message, target: targetOf(item) }
}

function invalid(message: string, target: Target): Fault {
  return { class: 'Invalid', reason: 'InvalidManifest', message, target }
}

/** What the API server would make of the objects, as far as it can tell. */
export function resultsOf(all: readonly Tried[]): readonly Item[] {
  return all.flatMap(one => ('result' in one && one.result ? [one.result] : []))
}

/** What is left to apply once everything was tried out; nothing, if any of it cannot be: then it is `undone`. */
export function planned(
  all: readonly Tried[],
  force: boolean,
  run: RunContext,
): Plan & { readonly undone: readonly Action[] } {
  const faults = all.flatMap(one => ('fault' in one ? [one.fault] : []))
  const fine = all.flatMap(one => ('fault' in one ? [] : [one]))
  const done = fine.flatMap(({ existing }) => (existing && isDone(existing, run) ? [targetOf(existing)] : []))
  const open = fine.filter(one => !one.existing || (!isDone(one.existing, run) && !isSame(one.existing, one.result)))
  const actions = open.map(one => {
    const { target, body, existing } = one
    const what = one.existing ? `changed (${changedFields(one.existing, one.result)})` : 'created'
    // On the version that was tried out nothing can be in conflict but the mark, which other tasks leave there too.
    const forced = force || existing !== undefined
    const action = apply(target, body, run.id, forced, existing, run, `${target.kind.kind}/${target.name}: ${what}`)
    return one.result ? action : { ...action, untried: true as const }
  })
  return {
    actions: faults.length > 0 ? [] : actions,
    undone: faults.length > 0 ? actions : [],
    done,
    already: fine.length - done.length - open.length,
    left: [],
    faults,
  }
}

function apply(
  target: Target,
  body: Body,
  mark: string | undefined,
  force: boolean,
  existing: Item | undefined,
  run: RunContext,
  says: string,
): Action {
  const metadata = body['metadata'] as { readonly annotations?: Body }
  const annotations = { ...metadata.annotations, ...(mark !== undefined && { [LAST_RUN_ANNOTATION]: mark }) }
  const marked = { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) }
  const version = existing?.metadata.resourceVersion
  return {
    do: 'Apply',
    target,
    body: { ...body, metadata: marked },
    manager: managerOf(run),
    force,
    version,
    says,
    wave: waveOf(target.kind),
  }
}

/** What others refer to comes first. */
function waveOf({ kind }: Kind): number {
  if (kind === 'Namespace') return 0
  return ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Secret', 'PersistentVolumeClaim'].includes(kind)
    ? 1
    : 2
}
