import type { Fact } from '../api/facts.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import { messageOf } from '../lib/text.ts'

/** client-go's three times, shorter: a lease nobody renews is free after 8 s, a leader gives up after 5 s. */
const LEASE_DURATION = 8 * SECOND
const RENEW_DEADLINE = 5 * SECOND
const RETRY_PERIOD = 1 * SECOND

/** A Lease as the API server has it; `version` is its resourceVersion, '' when there is none. */
export interface LeaseRecord {
  readonly version: string
  /** '' when it was released. */
  readonly holder: string
}

export interface Leases {
  /** @throws FaultError */
  read(): Promise<LeaseRecord>
  /** Makes `holder` the holder if the lease is still at this version. @throws FaultError, Conflict when it is not */
  hold(record: LeaseRecord, holder: string, durationSeconds: number): Promise<LeaseRecord>
}

interface Term {
  readonly name: string
  readonly identity: string
  readonly leases: Leases
  readonly clock: Clock
  readonly emit: (fact: Fact) => void
  /**
   * The work of a leader; ends all of it when the signal is aborted, then resolves. `lost`: the lease is lost, so that
   * there is no time left, even when the signal was aborted before.
   */
  readonly lead: (signal: AbortSignal, lost: AbortSignal) => Promise<void>
}

/**
 * Competes for the lease, leads while it is held, and competes again, until the signal is aborted; then the lease is
 * released after the work has ended. Others' clocks do not matter: a lease is free when it has not changed for its
 * duration as seen from here.
 */
export async function compete(term: Term, signal: AbortSignal): Promise<void> {
  const { name, identity, leases, clock, emit, lead } = term
  let seen: LeaseRecord | undefined
  let seenAt = 0
  let said = ''
  const say = (leading: boolean, message: string) => {
    // Once a second the same news is none.
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
      const free = record.holder === '' || record.holder === identity || clock.monotonic() - seenAt > LEASE_DURATION
      if (free) {
        // Others count from the moment the write is done, which may be long before its answer comes: so do we.
        const begun = clock.monotonic()
        const held = await leases.hold(record, identity, LEASE_DURATION / SECOND)
        if (clock.monotonic() - begun > RENEW_DEADLINE) continue
        say(true, `leading (${identity})`)
        await led(term, held, begun, signal, lead)
        say(false, signal.aborted ? 'stopped leading' : 'lost the lease')
        seen = undefined
        continue
      }
    } catch (error) {
      // A lost race, or the API server is away: try again.
      say(false, `not leading: ${messageOf(error)}`)
    }
    await pause(clock, RETRY_PERIOD, signal)
  }
}

async function led(
  term: Term,
  first: LeaseRecord,
  heldSince: number,
  signal: AbortSignal,
  lead: Term['lead'],
): Promise<void> {
  const { identity, leases, clock } = term
  const lost = new AbortController()
  const work = lead(AbortSignal.any([signal, lost.signal]), lost.signal)
  const over = new AbortController()
  const end = () => over.abort()
  // What goes wrong in it is thrown below; here it would be nobody's.
  void work.then(end, end)
  let record = first
  let renewed = heldSince
  const watching = watch()
  // Renewed also while the work is ending: nobody else may begin before that.
  while (!over.signal.aborted) {
    await pause(clock, RETRY_PERIOD, over.signal)
    if (over.signal.aborted) break
    const begun = clock.monotonic()
    try {
      record = await leases.hold(record, identity, LEASE_DURATION / SECOND)
      renewed = begun
    } catch {
      const now = await leases.read().catch(() => undefined)
      if (now?.holder === identity) record = now
      else if (now) lost.abort()
    }
  }
  await work
  await watching
  if (!lost.signal.aborted) await leases.hold(record, '', 1).catch(() => undefined)

  /** Looks at the clock also while a request gets no answer. */
  async function watch(): Promise<void> {
    while (!over.signal.aborted && !lost.signal.aborted) {
      if (clock.monotonic() - renewed > RENEW_DEADLINE) lost.abort()
      else await pause(clock, RETRY_PERIOD, over.signal)
    }
  }
}
