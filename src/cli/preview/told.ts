import type { Fault, Target } from '../../api/fault.ts'
import { nameOf } from '../../api/kinds.ts'
import type { Ahead } from '../../execution/look-ahead.ts'
import type { Action, LeftOut } from '../../operations/contract.ts'
import type { Change, Failure, ObjectRef, Rights, RunAhead, Said } from './model.ts'

/** All that was seen of a run that has not begun. */
export interface Glimpse {
  readonly operation: RunAhead['operation']
  readonly dryRun: boolean
  readonly namespaces: readonly string[]
  readonly ahead: Pick<Ahead, 'plan' | 'limits' | 'affected' | 'total' | 'refused'>
  /** What is no target although it might seem so. */
  readonly left: readonly LeftOut[]
  /** Against the run as a whole. */
  readonly against: readonly Said[]
  /** Against parts of it, besides what the plan says. */
  readonly faults: readonly Fault[]
  /** What the caller may not read although he reads it himself in any case. */
  readonly hidden: readonly Fault[]
  readonly rights: Rights
  /** Whether what is refused is refused to the caller, and says nothing of the account. */
  readonly asCaller: boolean
}

/** What a run would come to. */
export function told(glimpse: Glimpse): RunAhead {
  const { operation, dryRun, namespaces, ahead, against, rights } = glimpse
  const { plan, limits, affected, total } = ahead
  const faults = [...glimpse.faults, ...plan.faults]
  const isUnseen = ({ reason }: Fault) => glimpse.asCaller && reason === 'Forbidden'
  const isSaid = ({ message }: Fault) => against.some(said => said.message === message)
  const failures = faults.filter(fault => !isUnseen(fault) && !isSaid(fault)).map(failureOf)
  const unseen = new Set([...glimpse.hidden, ...faults.filter(isUnseen)].map(({ message }) => message))
  const refused = refusal(against, ahead.refused)
  return {
    operation,
    verdict: verdictOf(refused, failures, unseen.size > 0, rights),
    refused,
    dryRun,
    namespaces,
    changes: plan.actions.map(changeOf),
    already: plan.already,
    left: [...glimpse.left, ...plan.left].map(({ target, reason, message }) => ({ ...refOf(target), reason, message })),
    awaits: plan.pending ?? null,
    limits: { affected, total, objects: limits.objects ?? null, percent: limits.percent ?? null },
    asleep: plan.asleep ?? null,
    failures,
    unseen: [...unseen],
    rights,
  }
}

/** A right that is missing is a failure to come, also where it was not needed to look. */
function verdictOf(
  refused: Said | null,
  failures: readonly Failure[],
  isPartial: boolean,
  { missing }: Rights,
): RunAhead['verdict'] {
  if (refused || failures.length > 0 || missing.length > 0) return 'WouldFail'
  return isPartial ? 'Unknown' : 'WouldSucceed'
}

function refusal(against: readonly Said[], limit: string | undefined): Said | null {
  const [first] = against
  if (first) return { reason: first.reason, message: against.map(({ message }) => message).join('; ') }
  return limit === undefined ? null : { reason: 'TooManyAffected', message: limit }
}

function changeOf(action: Action): Change {
  const { target, says } = action
  const kind = action.do === 'JsonPatch' || action.do === 'StrategicPatch' ? 'Patch' : action.do
  return { ...refOf(target), action: kind, says, manifest: action.do === 'Create' ? action.body : null }
}

function failureOf({ reason, message, target, remedy }: Fault): Failure {
  return { reason, message, object: target ? refOf(target) : null, remedy: remedy ?? null }
}

function refOf({ kind, namespace, name }: Target): ObjectRef {
  return { kind: nameOf(kind), namespace, name }
}
