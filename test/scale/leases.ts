import { competeForAll } from '../../src/controller/shards.ts'
import { SECOND } from '../../src/lib/instant.ts'
import { leaseServer } from '../builders/lease-server.ts'

export interface LeaseTraffic {
  /** A second. */
  readonly reads: number
  readonly writes: number
}

/** What replicas that share shards ask of the API server while nothing happens: the real election, in virtual time. */
export async function leaseTraffic(replicas: number, shards: number): Promise<LeaseTraffic> {
  const settled = 15
  const counted = 10
  const { clock, linked } = leaseServer()
  const stop = new AbortController()
  let [reads, writes] = [0, 0]
  const ended = Array.from({ length: replicas }, (_, n) => {
    const { leasesOf } = linked()
    const counting = (name: string) => {
      const leases = leasesOf(name)
      return {
        read: () => {
          reads++
          return leases.read()
        },
        hold: (...record: Parameters<typeof leases.hold>) => {
          writes++
          return leases.hold(...record)
        },
      }
    }
    const lead = (_: number, signal: AbortSignal) =>
      new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    const contest = { shards, name: 'rota', identity: `rota-${n}`, leasesOf: counting, clock, emit: () => undefined }
    return competeForAll({ ...contest, lead }, stop.signal)
  })
  await clock.advance(settled * SECOND)
  ;[reads, writes] = [0, 0]
  await clock.advance(counted * SECOND)
  const traffic = { reads: reads / counted, writes: writes / counted }
  stop.abort()
  await clock.advance(SECOND)
  await Promise.all(ended)
  return traffic
}
