import type { Evidence } from './evidence.ts'
import { nothingAfterTheDeadline } from './invariants/after-the-deadline.ts'
import { attempts } from './invariants/attempts.ts'
import { confinement } from './invariants/confinement.ts'
import { counters } from './invariants/counters.ts'
import { finalizerFirst } from './invariants/finalizer-first.ts'
import { forbiddenClaims } from './invariants/forbidden-claims.ts'
import { heeded } from './invariants/heeded.ts'
import { historyInOrder, smallStatus } from './invariants/history-in-order.ts'
import { noDoubleEffect } from './invariants/no-double-effect.ts'
import { noEarlyWrite } from './invariants/no-early-write.ts'
import { nothingForThePast } from './invariants/nothing-for-the-past.ts'
import { nothingLost } from './invariants/nothing-lost.ts'
import { onAVersion } from './invariants/on-a-version.ts'
import { onItsLease } from './invariants/on-its-lease.ts'
import { oneAtATime } from './invariants/one-at-a-time.ts'
import { oneOutcome } from './invariants/one-outcome.ts'
import { preconditions } from './invariants/preconditions.ts'
import { quiet } from './invariants/quiet.ts'
import { slotsOfItsSchedule } from './invariants/slots-of-its-schedule.ts'
import { standsOnItsSlot } from './invariants/stands-on-its-slot.ts'
import { statusFits } from './invariants/status-fits.ts'
import { wholeLists } from './invariants/whole-lists.ts'
import type { Invariant, Violation } from './violation.ts'

/**
 * The invariants of the design, and where else than here one is looked after. The evidence is what was written: it does not
 * show who waits, nor in which process somebody works.
 *
 *  1 no early fire                 no-early-write
 *  2 each slot explained           one-outcome, nothing-for-the-past, slots-of-its-schedule
 *  3 no double effect              no-double-effect, preconditions, stands-on-its-slot
 *  4 counters                      counters
 *  5 history                       history-in-order
 *  6 one at a time                 one-at-a-time; the order of those who wait: controller/namespace-line.test.ts
 *  7 workers, requests in flight   integration/runs.test.ts, integration/pool.test.ts
 *  8 nothing after the deadline    after-the-deadline, confinement (not after the end)
 *  9 attempts                      attempts; Retry-After: integration/attempts.test.ts
 * 10 nothing lost                  nothing-lost, finalizer-first, whole-lists
 * 11 sleep, wake: as before        nothing-lost, integration/nights.test.ts
 * 12 others' edits win             nothing-lost; that it is reported: integration/nights.test.ts
 * 13 confinement                   confinement
 * 14 Rota's own rights             integration/rights.test.ts
 * 15 no claim, no work after       forbidden-claims, heeded
 * 16 quiet when idle               quiet; reads: integration/targets.test.ts
 * 17 two leaders                   on-a-version, on-its-lease, one-at-a-time (`resumed`), confinement
 * 18 status is right               status-fits; that it stays: sweep
 * 19 16 KiB                        history-in-order (`smallStatus`)
 * 20 Events                        the tests of events
 * 21 nothing grows                 make soak
 * 22 one poisoned task             integration/targets.test.ts, integration/bad-input.test.ts
 */
const INVARIANTS: readonly Invariant[] = [
  noEarlyWrite,
  oneOutcome,
  nothingForThePast,
  slotsOfItsSchedule,
  noDoubleEffect,
  preconditions,
  standsOnItsSlot,
  counters,
  historyInOrder,
  oneAtATime,
  nothingAfterTheDeadline,
  attempts,
  nothingLost,
  wholeLists,
  confinement,
  finalizerFirst,
  forbiddenClaims,
  heeded,
  quiet,
  onAVersion,
  onItsLease,
  statusFits,
  smallStatus,
]

/** Everything that the evidence shows to be wrong. */
export function violationsIn(evidence: Evidence): readonly Violation[] {
  return INVARIANTS.flatMap(invariant => invariant(evidence))
}
