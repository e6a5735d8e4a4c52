import type { Fact } from '../api/facts.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import { messageOf } from '../lib/text.ts'

/** client-go's three times, shorter: a lease nobody renews is free after 8 s, a leader gives up after 5 s. */
export const LEASE_DURATION = 8 * SECOND
export const RENEW_DEADLINE = 5 * SECOND
/** Renewed so often: seldom, since at rest nothing else wakes the process so often. */
const RENEW_PERIOD = 2 * SECOND
/** What did not work is tried again after this. */
export const RETRY_PERIOD = 1 * SECOND
/** Who does not lead looks more often than a leader renews, so that a lease that was released is taken within a second. */
const LOOK_PERIOD = SECOND / 2

/** A Lease as the API server has it; `version` is its resourceVersion, '' when there is none. */
export interface LeaseRecord {
  readonly version: string
  /** '' when it was released. */
  readonly holder: string
  /** What its holder says of how the work is divided; '' when it says nothing. */
  readonly layout: string
}

export interface Leases {
  /** @throws FaultError */
  read(): Promise<LeaseRecord>
  /** Makes `holder` the holder if the lease is still at this version. @throws FaultError, Conflict when it is not */
  hold(record: LeaseRecord, holder: string, durationSeconds: number, layout?: string): Promise<LeaseRecord>
}

/** How the leases of one process go together. */
export interface Rank {
  /** Whether the lease may be held at all, now. */
  allowed(): boolean
  /** Milliseconds for which a free lease is left to others. */
  patience(): number
  /** It tries to get it, or has it; and no more. */
  take(): void
  give(): void
  /** What is written beside the holder; asked at each renewal, and with the lease as it was at the first time. */
  layout(before?: LeaseRecord): string
}

/** One lease, and nothing beside it. */
export const ALONE: Rank = {
  allowed: () => true,
  patience: () => 0,
  take: () => undefined,
  give: () => undefined,
  layout: () => '',
}

export interface Term {
  readonly name: string
  readonly identity: string
  readonly leases: Leases
  readonly rank?: Rank
  readonly clock: Clock
  readonly emit: (fact: Fact) => void
  /**
   * The work of a leader; ends all of it when the signal is aborted, then resolves. `lost`: the lease is lost, so that
   * there is no time left, even when the signal was aborted before. `holds`: by the clock, now; if not, `lost` is aborted.
   */
  readonly lead: (signal: AbortSignal, lost: AbortSignal, holds: () => boolean) => Promise<void>
}

/**
 * Competes for the lease, leads while it is held, and competes again, until the signal is aborted; then the lease is
 * released after the work has ended. Others' clocks do not matter: a lease is free when it has not changed for its
 * duration as seen from here.
 */
export async function compete(term: Term, signal: AbortSignal): Promise<void> {
  const { name, identity, leases, rank = ALONE, clock, emit, lead } = term
  let seen: LeaseRecord | undefined
  let seenAt = 0
  let freeSince: number | undefined
  let said = ''
  const say = (leading: boolean, message: string) => {
    // Twice a second the same news is none.
    if (message !== said) emit({ fact: 'Leading', name, leading, message })
    said = message
  }
  while (!signal.aborted) {
    try {
      const record = await leases.read()
      if (record.version !== seen?.version) {
        seen = record
        seenAt = clock.monotonic()
      }
      const isFree = record.holder === '' || record.holder === identity || clock.monotonic() - seenAt > LEASE_DURATION
      freeSince = isFree && rank.allowed() ? (freeSince ?? clock.monotonic()) : undefined
      if (freeSince !== undefined && clock.monotonic() - freeSince >= rank.patience()) {
        freeSince = undefined
        rank.take()
        try {
          // Others count from the moment the write is done, which may be long before its answer comes: so do we.
          const begun = clock.monotonic()
          const held = await leases.hold(record, identity, LEASE_DURATION / SECOND, rank.layout(record))
          if (clock.monotonic() - begun > RENEW_DEADLINE) continue
          say(true, `leading (${identity})`)
          await led(term, held, begun, signal, lead)
          say(false, signal.aborted ? 'stopped leading' : 'lost the lease')
          seen = undefined
          continue
        } finally {
          rank.give()
        }
      }
    } catch (error) {
      // A lost race, or the API server is away: try again.
      say(false, `not leading: ${messageOf(error)}`)
    }
    const left = freeSince === undefined ? LOOK_PERIOD : freeSince + rank.patience() - clock.monotonic()
    await pause(clock, Math.min(LOOK_PERIOD, Math.max(1, left)), signal)
  }
}

async function led(
  term: Term,
  first: LeaseRecord,
  heldSince: number,
  signal: AbortSignal,
  lead: Term['lead'],
): Promise<void> {
  const { identity, leases, rank = ALONE, clock } = term
  const lost = new AbortController()
  let record = first
  let renewed = heldSince
  const work = lead(AbortSignal.any([signal, lost.signal]), lost.signal, holds)
  const over = new AbortController()
  const end = () => over.abort()
  // What goes wrong in it is thrown below; here it would be nobody's.
  void work.then(end, end)
  const watching = watch()
  const renewing = renew()
  await work
  await watching
  // A renewal that gets no answer is not waited for when all is lost: it changes nothing any more.
  if (lost.signal.aborted) return
  await renewing
  await leases.hold(record, '', 1, rank.layout()).catch(() => undefined)

  /** Also while the work is ending: nobody else may begin before that. */
  async function renew(): Promise<void> {
    for (let wait = RENEW_PERIOD; ; ) {
      await pause(clock, wait, over.signal)
      if (over.signal.aborted || !holds()) return
      const begun = clock.monotonic()
      try {
        record = await leases.hold(record, identity, LEASE_DURATION / SECOND, rank.layout())
        renewed = begun
        wait = RENEW_PERIOD
      } catch {
        wait = RETRY_PERIOD
        const now = await leases.read().catch(() => undefined)
        if (now?.holder === identity) record = now
        else if (now) lost.abort()
      }
    }
  }

  /** Who has stood still finds out by this, before any timer. */
  function holds(): boolean {
    if (clock.monotonic() - renewed > RENEW_DEADLINE || !rank.allowed()) lost.abort()
    return !lost.signal.aborted
  }

  /** Looks at the clock also while a request gets no answer: not before it is of interest. */
  async function watch(): Promise<void> {
    const left = () => renewed + RENEW_DEADLINE + 1 - clock.monotonic()
    while (!over.signal.aborted && holds()) await pause(clock, Math.max(1, left()), over.signal)
  }
}
