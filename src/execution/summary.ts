import { type Fault, idOf, type Target } from '../api/fault.ts'
import { count, listed, number } from '../lib/text.ts'
import type { LeftOut } from '../operations/contract.ts'

/** `slept 12 Deployments and 1 StatefulSet; 3 already so; left out: web (owned by Rollout/web)`. */
export function summary(
  pastTense: string,
  changed: readonly Target[],
  already: number,
  left: readonly LeftOut[],
  so = 'already so',
): string {
  const kinds = new Map<string, number>()
  // What was written on them is no more than that they are left so.
  const asBefore = new Set(left.map(({ target }) => idOf(target)))
  const different = changed.filter(target => !asBefore.has(idOf(target)))
  for (const { kind } of different) kinds.set(kind.kind, (kinds.get(kind.kind) ?? 0) + 1)
  const what = listed([...kinds].sort().map(([kind, n]) => count(n, kind)))
  const parts = [
    what ? `${pastTense} ${what}` : already > 0 ? 'nothing to change' : 'nothing to do',
    ...(already > 0 ? [`${number(already)} ${so}`] : []),
    ...leftOut(left),
  ]
  return parts.join('; ')
}

/** `left out: web (owned by Rollout/web)`, if anything is. */
export function leftOut(left: readonly LeftOut[]): readonly string[] {
  if (left.length === 0) return []
  return [`left out: ${listed(left.map(({ target, message }) => `${named(target, left)} (${message})`))}`]
}

/** With its kind, or its namespace, where another of the same name differs in that. */
function named({ name, kind, namespace }: Target, among: readonly LeftOut[]): string {
  const others = among.map(({ target }) => target).filter(other => other.name === name)
  const isOneKind = others.every(other => other.kind.kind === kind.kind)
  const isOnePlace = others.every(other => other.namespace === namespace)
  return `${isOneKind ? '' : `${kind.kind}/`}${name}${isOnePlace ? '' : ` in ${namespace}`}`
}

/** So many messages are told; of more it is said how many there are for each reason. */
const MESSAGES = 3

/** Each message once, with how often it came; after them what would help: `… may not list … (3 times); to allow it: …`. */
export function faultSummary(faults: readonly Fault[]): string {
  const same = Map.groupBy(faults, ({ message }) => message)
  const parts = [...same].map(([message, { length }]) => (length > 1 ? `${message} (${length} times)` : message))
  const reasons = [...Map.groupBy(faults, ({ reason }) => reason)].map(
    ([reason, { length }]) => `${number(length)} ${reason}`,
  )
  const counts = parts.length > MESSAGES ? `${listed(reasons)}: ` : ''
  const more = parts.length > MESSAGES ? [`and ${parts.length - MESSAGES} more`] : []
  const remedies = [...new Set(faults.flatMap(({ remedy }) => remedy ?? []))]
  const help = remedies.length > 0 ? [`to allow it: ${remedies.slice(0, MESSAGES).join(' && ')}`] : []
  return counts + [...parts.slice(0, MESSAGES), ...more, ...help].join('; ')
}
