import { FaultError } from '../../src/api/fault.ts'
import type { LeaseRecord, Leases } from '../../src/controller/election.ts'
import { pause } from '../../src/lib/clock.ts'
import { FakeClock } from './fake-clock.ts'
import { faultOf } from './targets.ts'

interface StoredLease {
  version: number
  holder: string
  duration: number
  layout: string
}

/** The network between one process and the API server. `delay`: milliseconds before a request is carried out, and again before its answer. */
export interface Link {
  up: boolean
  delay: number
  loseAnswers: boolean
}

/** Leases as the API server keeps them, in virtual time. */
export function leaseServer() {
  const clock = new FakeClock(0)
  const stored = new Map<string, StoredLease>()
  const leaseCalled = (name: string): StoredLease => {
    const lease = stored.get(name) ?? { version: 0, holder: '', duration: 0, layout: '' }
    stored.set(name, lease)
    return lease
  }

  /** What one process has of it. */
  function linked() {
    const link: Link = { up: true, delay: 0, loseAnswers: false }
    const check = () => {
      if (!link.up) throw new FaultError(faultOf('Transient'))
    }
    const call = async <T>(act: () => T): Promise<T> => {
      check()
      if (link.delay > 0) await pause(clock, link.delay)
      const answer = act()
      if (link.delay > 0) await pause(clock, link.delay)
      check()
      if (link.loseAnswers) throw new FaultError(faultOf('Transient'))
      return answer
    }
    const leasesOf = (name: string): Leases => {
      const now = (): LeaseRecord => {
        const { version, holder, layout } = leaseCalled(name)
        return { version: version === 0 ? '' : String(version), holder, layout }
      }
      return {
        read: () => call(now),
        hold: (record, holder, duration, layout = '') =>
          call(() => {
            if (record.version !== now().version) throw new FaultError(faultOf('Conflict'))
            const lease = leaseCalled(name)
            Object.assign(lease, { version: lease.version + 1, holder, duration, layout })
            return now()
          }),
      }
    }
    return { link, leasesOf }
  }
  return { clock, leaseCalled, linked }
}
