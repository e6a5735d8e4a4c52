import type { Fault } from '../../src/api/fault.ts'
import type { Json } from '../../src/lib/json.ts'
import { sameJson } from '../../src/lib/json.ts'
import type { Action } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { mergePatched } from './merge-patch.ts'

type Objects = { readonly items: readonly Item[]; readonly item: Item | undefined }

/**
 * What the API server makes of an action, with its preconditions. A model: strategic merge is taken for a merge patch, an
 * apply for one without managers, and of JSON patch it knows add, replace, remove and test.
 */
export function carriedOut(items: readonly Item[], action: Action): Objects | Fault {
  const at = items.findIndex(item => isTarget(item, action))
  const before = items[at]
  switch (action.do) {
    case 'Create':
      return before ? fault('Conflict') : created(items, action, action.body)
    case 'Delete':
      if (!before) return fault('Gone')
      if (before.metadata.uid !== action.uid) return fault('Conflict')
      return { items: items.toSpliced(at, 1), item: undefined }
    case 'Apply':
      if (!before) return action.version === undefined ? created(items, action, action.body) : fault('Conflict')
      return written(items, at, before, action.version, merged(before, action.body))
    case 'Patch': {
      if (!before) return fault('Gone')
      const after = merged(before, action.body)
      const scaled = action.scale ? { ...after, scale: { running: 0, replicas: action.scale.replicas } } : after
      return written(items, at, before, action.version, scaled)
    }
    case 'StrategicPatch':
      return before ? written(items, at, before, action.version, merged(before, action.body)) : fault('Gone')
    case 'JsonPatch': {
      if (!before) return fault('Gone')
      const after = jsonPatched(before, action.operations as unknown as readonly Operation[])
      return after ? written(items, at, before, action.version, after) : fault('Invalid')
    }
  }
}

export function isTarget({ kind, metadata }: Item, { target }: Pick<Action, 'target'>): boolean {
  return kind.kind === target.kind.kind && metadata.namespace === target.namespace && metadata.name === target.name
}

function written(
  items: readonly Item[],
  at: number,
  before: Item,
  version: string | undefined,
  after: Item,
): Objects | Fault {
  const { resourceVersion } = before.metadata
  if (version !== undefined && version !== resourceVersion) return fault('Conflict')
  // What changes nothing makes no version.
  if (sameJson(before, after)) return { items, item: before }
  const item = { ...after, metadata: { ...after.metadata, resourceVersion: String(Number(resourceVersion) + 1) } }
  return { items: items.with(at, item), item }
}

function created(items: readonly Item[], { target }: Action, body: object): Objects {
  const { kind, namespace, name } = target
  const { metadata, ...rest } = body as Partial<Item>
  const own = { namespace, name, uid: `uid-of-${kind.kind}-${namespace}-${name}`, resourceVersion: '1' }
  const item: Item = { ...rest, kind, metadata: { ...metadata, ...own } }
  return { items: [...items, item], item }
}

function merged({ kind, ...object }: Item, body: object): Item {
  const { kind: _, ...rest } = body as Partial<Item>
  return { ...(mergePatched(object as unknown as Json, rest as unknown as Json) as unknown as Item), kind }
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly value?: Json
}

function jsonPatched(before: Item, operations: readonly Operation[]): Item | undefined {
  const after = structuredClone(before) as unknown as Record<string, unknown>
  for (const { op, path, value } of operations) {
    const keys = path
      .split('/')
      .slice(1)
      .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = keys.pop() ?? ''
    let parent: Record<string, unknown> | undefined = after
    for (const key of keys) parent = parent?.[key] as Record<string, unknown> | undefined
    if (!parent || (op !== 'add' && !(last in parent))) return undefined
    if (op === 'test' && !sameJson(parent[last], value)) return undefined
    if (op === 'remove') delete parent[last]
    else if (op !== 'test') parent[last] = value
  }
  return after as unknown as Item
}

function fault(of: Fault['class']): Fault {
  return { class: of, reason: of, message: of.toLowerCase() }
}
