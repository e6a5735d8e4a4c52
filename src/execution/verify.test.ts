import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { runOf } from '../../test/builders/items.ts'
import { MemoryTargets } from '../../test/builders/targets.ts'
import { FaultError } from '../api/fault.ts'
import { SECOND } from '../lib/instant.ts'
import type { Bound } from '../operations/contract.ts'
import type { Outcome } from './outcome.ts'
import { verified } from './verify.ts'

const done: Outcome & { result: 'Succeeded' } = {
  result: 'Succeeded',
  message: 'scaled 1 Deployment',
  output: 'Deployment/web: replicas 1 → 3',
  changed: 1,
}
const unavailable = new FaultError({ class: 'Transient', reason: 'HTTP503', message: 'the API server is busy' })

/** `looks`: what is not yet so at each look; the last one again and again. */
function verifying(looks: readonly (readonly string[] | Error)[], asked = true) {
  const clock = new FakeClock(0)
  const stop = new AbortController()
  const said: string[] = []
  let time = 0
  const operation = {
    ...(asked && { verifySeconds: 3 }),
    async unverified() {
      const look = looks[Math.min(time++, looks.length - 1)] ?? []
      if (look instanceof Error) throw look
      return look
    },
  } as unknown as Bound
  const calls = new MemoryTargets([]).as({ namespace: 'team-a', name: 'rota' }, {} as never, stop.signal)
  const outcome = verified(operation, done, runOf(), calls, clock, stop.signal, says => said.push(says))
  return { outcome, clock, stop, said, looks: () => time }
}

describe('verify', () => {
  it('says so when all is as it should be', async () => {
    const { outcome, said } = verifying([[]])
    expect(await outcome).toEqual({ ...done, message: 'scaled 1 Deployment; verified' })
    expect(said).toEqual([])
  })

  it('looks each second until it is, and tells what it waits for', async () => {
    const { outcome, clock, said, looks } = verifying([['web (1 of 3 ready)'], ['web (2 of 3 ready)'], []])
    await clock.advance(2 * SECOND)
    expect(await outcome).toMatchObject({ result: 'Succeeded' })
    expect(said).toEqual(['not yet so: web (1 of 3 ready)', 'not yet so: web (2 of 3 ready)'])
    expect(looks()).toBe(3)
  })

  it('fails for good when its time is over, and keeps what was done', async () => {
    const { outcome, clock } = verifying([['web (1 of 3 ready)']])
    await clock.advance(4 * SECOND)
    const error = 'not so after 3 s: web (1 of 3 ready); scaled 1 Deployment'
    const { output, changed } = done
    expect(await outcome).toMatchObject({
      result: 'Failed',
      reason: 'NotVerified',
      error,
      retry: false,
      output,
      changed,
    })
  })

  it('looks again when it could not look', async () => {
    const { outcome, clock } = verifying([unavailable, []])
    await clock.advance(SECOND)
    expect(await outcome).toMatchObject({ result: 'Succeeded', message: 'scaled 1 Deployment; verified' })
  })

  it('fails with the reason when it could never look, and keeps what was done', async () => {
    const { outcome, clock } = verifying([unavailable])
    await clock.advance(4 * SECOND)
    const error = 'not so after 3 s: the API server is busy; scaled 1 Deployment'
    expect(await outcome).toMatchObject({ reason: 'NotVerified', error, changed: 1 })
  })

  it('ends when the run is ended', async () => {
    const { outcome, clock, stop } = verifying([['web (1 of 3 ready)']])
    const failed = expect(outcome).rejects.toThrow('the end')
    await clock.advance(SECOND / 2)
    stop.abort(new Error('the end'))
    await clock.advance(SECOND)
    await failed
  })

  it('does not look when nobody asked for it', async () => {
    const { outcome, looks } = verifying([['never']], false)
    expect(await outcome).toEqual({ ...done, message: 'scaled 1 Deployment' })
    expect(looks()).toBe(0)
  })
})
