import type { Evidence } from './evidence.ts'
import { attempts } from './invariants/attempts.ts'
import { confinement } from './invariants/confinement.ts'
import { counters } from './invariants/counters.ts'
import { forbiddenClaims } from './invariants/forbidden-claims.ts'
import { historyInOrder, smallStatus } from './invariants/history-in-order.ts'
import { noDoubleEffect } from './invariants/no-double-effect.ts'
import { noEarlyWrite } from './invariants/no-early-write.ts'
import { nothingForThePast } from './invariants/nothing-for-the-past.ts'
import { nothingLost } from './invariants/nothing-lost.ts'
import { oneAtATime } from './invariants/one-at-a-time.ts'
import { oneOutcome } from './invariants/one-outcome.ts'
import { preconditions } from './invariants/preconditions.ts'
import { standsOnItsSlot } from './invariants/stands-on-its-slot.ts'
import type { Invariant, Violation } from './violation.ts'

const INVARIANTS: readonly Invariant[] = [
  noEarlyWrite,
  oneOutcome,
  nothingForThePast,
  noDoubleEffect,
  preconditions,
  standsOnItsSlot,
  counters,
  historyInOrder,
  oneAtATime,
  attempts,
  nothingLost,
  confinement,
  forbiddenClaims,
  smallStatus,
]

/** Everything that the evidence shows to be wrong. */
export function violationsIn(evidence: Evidence): readonly Violation[] {
  return INVARIANTS.flatMap(invariant => invariant(evidence))
}
