import type { Emit } from '../api/facts.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { hashFraction } from '../lib/hash.ts'
import {
  ALONE,
  compete,
  LEASE_DURATION,
  type LeaseRecord,
  type Leases,
  type Rank,
  RENEW_DEADLINE,
  RETRY_PERIOD,
  type Term,
} from './election.ts'

/** The shard of a namespace, from 0 on: all tasks of a namespace are in one, since they may depend on each other. */
export function shardOf(namespace: string, shards: number): number {
  return Math.floor(hashFraction(namespace) * shards)
}

/** The first lease has the plain name, whatever the number of shards: those of one number exclude those of another by it. */
export function leaseName(name: string, shard: number): string {
  return shard === 0 ? name : `${name}-${shard}`
}

export interface Contest {
  readonly shards: number
  /** Of the first lease. */
  readonly name: string
  readonly identity: string
  readonly leasesOf: (name: string) => Leases
  readonly clock: Clock
  readonly emit: Emit
  /** As `Term.lead` of the election, for one shard. */
  readonly lead: (shard: number, ...reign: Parameters<Term['lead']>) => Promise<void>
}

/**
 * Competes for the lease of each shard; resolves when all are released.
 *
 * The holder of the first lease writes into it how many shards there are, and the others are held only while it says so.
 * Who takes it over from somebody who has counted otherwise first writes that it changes, and waits until nobody can be
 * left who has not seen that: so a rolling update from one number to another never has two leaders for a namespace.
 */
export async function competeForAll(contest: Contest, signal: AbortSignal): Promise<void> {
  const { shards, name, identity, leasesOf, clock, emit, lead } = contest
  const layout = new Layout(String(shards), clock)
  const share = new Share(shards)
  const terms = Array.from({ length: shards }, (_, shard) => {
    const own = leaseName(name, shard)
    const about = { name: own, identity, leases: leasesOf(own), clock, emit }
    if (shard > 0) {
      const rank = { ...share.rank, allowed: () => layout.isOurs(), layout: () => '' }
      return compete({ ...about, rank, lead: (...reign) => lead(shard, ...reign) }, signal)
    }
    const first: Term['lead'] = async (ending, ...reign) => {
      await layout.settle(ending)
      if (!ending.aborted) await lead(shard, ending, ...reign)
    }
    const rank = { ...share.rank, layout: (before?: LeaseRecord) => layout.written(before) }
    return compete({ ...about, rank, lead: first }, signal)
  })
  const watching = shards > 1 ? layout.watch(leasesOf(name), signal) : Promise.resolve()
  await Promise.all([...terms, watching])
}

/** Who holds more waits longer before it takes another one: up to a second, so that replicas that start together share. */
class Share {
  readonly #shards: number
  #held = 0

  constructor(shards: number) {
    this.#shards = shards
  }

  readonly rank: Rank = {
    ...ALONE,
    patience: () => (RETRY_PERIOD * this.#held) / this.#shards,
    take: () => {
      this.#held++
    },
    give: () => {
      this.#held--
    },
  }
}

/** How many shards there are, as the first lease says it. */
class Layout {
  readonly #ours: string
  readonly #clock: Clock
  #isSettled = true
  /** Monotonic: when the first lease was last asked, and said what we say. */
  #confirmed = Number.NEGATIVE_INFINITY

  constructor(ours: string, clock: Clock) {
    this.#ours = ours
    this.#clock = clock
  }

  isOurs(): boolean {
    return this.#clock.monotonic() - this.#confirmed <= RENEW_DEADLINE
  }

  /** What the holder of the first lease writes; `before`: the lease that it takes over. A lease of old says nothing: one. */
  written(before?: LeaseRecord): string {
    if (before) this.#isSettled = before.version === '' || (before.layout || '1') === this.#ours
    return this.#isSettled ? this.#ours : `changing to ${this.#ours}`
  }

  /** Whoever has counted otherwise has seen by then that this is over, or has heard nothing for too long to go on. */
  async settle(signal: AbortSignal): Promise<void> {
    const since = this.#clock.monotonic()
    const left = () => (this.#isSettled ? 0 : since + LEASE_DURATION - this.#clock.monotonic())
    // A pause is over sooner when the wall clock is set forward.
    while (left() > 0 && !signal.aborted) await pause(this.#clock, left(), signal)
    if (!signal.aborted) this.#isSettled = true
  }

  async watch(first: Leases, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const asked = this.#clock.monotonic()
      try {
        const { layout } = await first.read()
        this.#confirmed = layout === this.#ours ? asked : Number.NEGATIVE_INFINITY
      } catch {
        // Not heard: what was confirmed last goes out of date.
      }
      await pause(this.#clock, RETRY_PERIOD, signal)
    }
  }
}
