import { describe, expect, it } from 'vitest'
import { ATTEMPT } from '../../test/builders/attempt.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { runOf } from '../../test/builders/items.ts'
import { faultOf, MemoryTargets } from '../../test/builders/targets.ts'
import { type Fault, FaultError } from '../api/fault.ts'
import type { Bound, Plan } from '../operations/contract.ts'
import { type AttemptInput, attempt } from './attempt.ts'
import type { Outcome } from './outcome.ts'

const NOTHING: Plan = { actions: [], done: [], already: 0, left: [], faults: [] }
const operation: Bound = {
  name: 'job',
  pastTense: 'ran',
  rights: async () => [],
  observe: async () => ({ items: [], faults: [] }),
  plan: () => NOTHING,
}

function attempted(changes: Partial<AttemptInput>): Promise<Outcome> {
  return attempt({
    ...ATTEMPT,
    operation,
    run: runOf({ operation: 'job' }),
    targets: new MemoryTargets([]),
    clock: new FakeClock(0),
    ...changes,
  })
}

describe('what cannot even be observed', () => {
  const unreadable = (fault: Fault): Bound => ({
    ...operation,
    async observe() {
      throw new FaultError(fault)
    },
  })

  it('fails the run as what it is, with what would allow it', async () => {
    const fault = faultOf('Refused', { reason: 'Forbidden', message: 'may not get jobs', remedy: 'kubectl create …' })
    expect(await attempted({ operation: unreadable(fault) })).toMatchObject({
      result: 'Failed',
      reason: 'Forbidden',
      message: 'may not get jobs; to allow it: kubectl create …',
      retry: false,
    })
  })

  it('is worth another attempt when it may get better', async () => {
    const fault = faultOf('Transient', { retryAfter: 7 })
    expect(await attempted({ operation: unreadable(fault) })).toMatchObject({
      result: 'Failed',
      retry: true,
      retryAfter: 7,
    })
  })
})

describe('what has only to be waited for', () => {
  /** Pending until it has been looked at so often; some looks fail. */
  async function waited(looks: number, fault: (look: number) => Fault | undefined) {
    const clock = new FakeClock(0)
    const waits: Bound = {
      ...operation,
      async observe() {
        const failed = fault(++look)
        if (failed) throw new FaultError(failed)
        return { items: [], faults: [] }
      },
      plan: () => ({ ...NOTHING, ...(look < looks && { pending: 'waits for Job/backup' }) }),
    }
    let look = 0
    const told: string[] = []
    let seconds = 0
    const end = attempted({ operation: waits, clock, progress: says => told.push(says) }).finally(() => {
      seconds = clock.now() / 1000
    })
    await clock.advance(120_000)
    return { end: await end, told: [...new Set(told)], seconds }
  }

  it('goes on while the API server is away, and says so', async () => {
    const away = faultOf('Transient', { message: 'the API server did not answer' })
    const { end, told } = await waited(20, look => (look > 2 && look < 15 ? away : undefined))
    expect(end).toMatchObject({ result: 'Succeeded' })
    expect(told).toEqual(['waits for Job/backup', 'waits for Job/backup; the API server did not answer'])
  })

  it('waits as long as the API server asks to', async () => {
    const busy = faultOf('Transient', { retryAfter: 50 })
    expect((await waited(3, look => (look === 2 ? busy : undefined))).seconds).toBe(51)
  })

  it('ends at what does not get better', async () => {
    const refused = faultOf('Refused', { reason: 'Forbidden' })
    const { end } = await waited(20, look => (look === 3 ? refused : undefined))
    expect(end).toMatchObject({ result: 'Failed', reason: 'Forbidden', retry: false })
  })
})
