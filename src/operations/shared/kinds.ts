import { FaultError, type Kind } from '../../api/fault.ts'
import { builtIn } from '../../api/kinds.ts'
import type { Discovery, Right } from '../contract.ts'

/** The kind of this name. @throws FaultError when the cluster has none, or none in namespaces */
export async function kindNamed(name: string, discovery: Discovery): Promise<Kind> {
  const known = builtIn(name)
  if (known) return known
  const [kind = '', ...group] = name.split('.')
  const found = group.length > 0 ? await discovery.find(group.join('.'), kind) : undefined
  if (found && !found.cluster) return found
  const message = found
    ? `${name} is not in namespaces: write a namespaced kind`
    : `the cluster has no kind ${name}: install it, or write another kind`
  throw new FaultError({ class: 'Invalid', reason: 'UnknownKind', message })
}

/** A kind can be named with its group and without: each is meant once. */
export function distinct(kinds: readonly Kind[]): readonly Kind[] {
  const is = (a: Kind) => (b: Kind) => a.plural === b.plural && a.group === b.group
  return kinds.filter((kind, at) => kinds.findIndex(is(kind)) === at)
}

/** Those that the cluster has. */
export async function foundKinds(names: readonly string[], discovery: Discovery): Promise<readonly Kind[]> {
  const kinds: Kind[] = []
  for (const name of names) {
    try {
      kinds.push(await kindNamed(name, discovery))
    } catch (error) {
      if (!(error instanceof FaultError) || error.fault.reason !== 'UnknownKind') throw error
    }
  }
  return distinct(kinds)
}

/** The right to do this with objects of these kinds. */
export function rightsOn(kinds: readonly Kind[], verbs: readonly string[]): readonly Right[] {
  return kinds.map(({ group, plural, cluster }) => ({ group, resource: plural, verbs, ...(cluster && { cluster }) }))
}

/** The right to set how much runs of these kinds: by their scale subresource where they have no other way. */
export function rightsToScale(kinds: readonly Kind[]): readonly Right[] {
  const scaled = kinds.filter(({ scale }) => scale)
  return [
    ...rightsOn(kinds, ['list', 'patch']),
    ...scaled.map(({ group, plural }) => ({ group, resource: `${plural}/scale`, verbs: ['get', 'patch'] })),
  ]
}

/** The right to apply objects of these kinds: to look what is there, and to patch or create it. */
export function rightsToApply(kinds: readonly Kind[]): readonly Right[] {
  return rightsOn(kinds, ['get', 'create', 'patch']).map(right => ({ ...right, implied: ['create'] }))
}
