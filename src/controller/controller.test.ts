import { describe, expect, it } from 'vitest'
import { daily, held, setUp } from '../../test/builders/controller-world.ts'
import { faultOf } from '../../test/builders/targets.ts'
import { at, claimed, task, written } from '../../test/builders/task.ts'
import { CANCEL_ANNOTATION } from '../api/names.ts'
import type { ScheduledTask, Status } from '../api/task.ts'

const SECOND = 1000
/** More than an attempt has in flight at once, which is thirty-two. */
const MANY = Array.from({ length: 40 }, (_, n) => `app-${n}`)

const cancel = (object: ScheduledTask): ScheduledTask => ({
  ...object,
  metadata: { ...object.metadata, annotations: { [CANCEL_ANNOTATION]: 'stop-1' } },
})

it('claims and resumes nothing once its lease has run out by the clock', async () => {
  const resumed = claimed(task({ name: 'other', spec: daily }), '2026-01-05T20:00:00Z')
  const { start, pass, api, targets } = setUp([task({ spec: daily }), resumed])
  const runs = () => [...api.objects.values()].map(({ status }) => status?.activeRun)
  const before = runs()
  const controller = start('rota-2', () => {
    controller.abort()
    return false
  })
  await pass(120)
  expect(runs()).toEqual(before)
  expect(targets.carried).toEqual([])
})

describe('a task whose slot comes', () => {
  it('runs once, at its time, and is quiet before and after', async () => {
    const { pass, api, start, status, said, targets } = setUp([task({ spec: daily })])
    start('rota-1')
    await pass(59)
    expect(api.asked).toBe(0)
    await pass(2)
    expect(status()).toMatchObject({ runCount: 1, lastResult: 'Succeeded', lastRunTime: '2026-01-05T20:00:00Z' })
    const written = api.asked
    await pass(600)
    expect([api.asked, targets.carried.length]).toEqual([written, 3])
    expect(said('Submitted', 'Claimed', 'Attempting', 'Attempted', 'Ended').map(({ fact }) => fact)).toEqual([
      'Submitted',
      'Claimed',
      'Attempting',
      'Attempted',
      'Ended',
    ])
    expect(said('Cleaned')).toEqual([{ fact: 'Cleaned', removed: 1 }])
  })

  it('is tried again after the pause, and keeps what is done', async () => {
    const busy = faultOf('Transient')
    const { pass, start, status, said, targets } = setUp([task({ spec: daily })], {
      carry: time => (time === 2 ? busy : undefined),
    })
    start('rota-1')
    await pass(61)
    expect(status()).toMatchObject({ phase: 'Running', activeRun: { attempt: 2 } })
    await pass(15)
    expect(status()).toMatchObject({ runCount: 1, lastResult: 'Succeeded' })
    expect(status()?.errorCount ?? 0).toBe(0)
    expect(status()?.history?.[0]).toMatchObject({ attempts: 2, changed: 3 })
    expect(targets.carried).toHaveLength(4)
    expect(said('Attempting')).toMatchObject([{ attempt: 1, attempts: 3 }, { attempt: 2 }])
    // From its start, the pause included, as its record says.
    const { durationMilliseconds = 0 } = status()?.history?.[0] ?? {}
    expect(durationMilliseconds).toBeGreaterThanOrEqual(10 * SECOND)
    expect(said('Ended')).toMatchObject([{ result: 'Succeeded', attempt: 2, seconds: durationMilliseconds / SECOND }])
  })

  it('fails after the last attempt', async () => {
    const { pass, start, status, said } = setUp([task({ spec: daily })], { carry: () => faultOf('Transient') })
    start('rota-1')
    await pass(120)
    expect(status()).toMatchObject({ runCount: 1, errorCount: 1, lastResult: 'Failed' })
    expect(said('Attempting')).toHaveLength(3)
  })

  it('runs once although the answers to its writes are lost', async () => {
    const { pass, api, start, status, targets } = setUp([task({ spec: daily })])
    api.writeFates.push('LostAfter', 'LostAfter')
    start('rota-1')
    await pass(120)
    expect(status()).toMatchObject({ runCount: 1, lastResult: 'Succeeded' })
    expect(status()?.history).toHaveLength(1)
    expect(targets.carried).toHaveLength(3)
  })

  it('is not said once more to be tried again, when that answer was lost and an edit has ended it meanwhile', async () => {
    const { pass, api, start, status } = setUp([task({ spec: daily })], { carry: () => faultOf('Transient') })
    api.writeFates.push(undefined, 'LostAfter')
    start('rota-1')
    await pass(60)
    api.change('team-a/nights-off', ({ metadata, spec, ...object }) => ({
      ...{ ...object, metadata: { ...metadata, generation: 2 } },
      spec: { ...spec, serviceAccountName: 'other' },
    }))
    await pass(5)
    expect(status()).toMatchObject({ lastResult: 'Cancelled', observedGeneration: 2 })
    // The claim, the end of the attempt, the end of the run.
    expect(api.done).toBe(1 + 3)
  })

  it('keeps its namespace while it is not known whether it was claimed, and whoever waits there goes after it', async () => {
    const names = ['first', 'second']
    const { pass, api, start, said } = setUp(names.map(name => task({ name, spec: daily })))
    api.writeFates.push('LostAfter')
    api.readFates.push(faultOf('Transient'), faultOf('Transient'))
    start('rota-1')
    await pass(60)
    expect(said('Claimed')).toEqual([])
    await pass(10)
    expect(said('Claimed', 'Resumed', 'Ended')).toMatchObject([
      { fact: 'Resumed', task: 'team-a/first', resumed: 0 },
      { fact: 'Ended', task: 'team-a/first' },
      { fact: 'Claimed', task: 'team-a/second' },
      { fact: 'Ended', task: 'team-a/second' },
    ])
  })

  it('lets others go first where its claim was not made', async () => {
    const names = ['first', 'second']
    const { pass, api, start, said } = setUp(names.map(name => task({ name, spec: daily })))
    api.writeFates.push(faultOf('Transient'))
    start('rota-1')
    await pass(70)
    expect(said('Claimed')).toMatchObject([{ task: 'team-a/second' }, { task: 'team-a/first' }])
  })

  it('keeps its namespace no longer than there is hope of knowing', async () => {
    const names = ['first', 'second']
    const { pass, api, start, said, status } = setUp(names.map(name => task({ name, spec: daily })))
    // The first one claims, the second one says that it waits, the first one claims.
    api.writeFates.push(faultOf('Transient'), undefined, faultOf('Transient'))
    api.readFates.push(...Array.from({ length: 17 }, () => faultOf('Transient')))
    start('rota-1')
    await pass(360)
    expect(said('Claimed')).toEqual([])
    await pass(240)
    expect(said('Claimed')[0]).toMatchObject({ task: 'team-a/second' })
    expect(status('team-a/first')).toMatchObject({ runCount: 1, lastResult: 'Succeeded' })
  })

  it('of many in one namespace, one asks for all while nobody answers, and the next one follows when it is back', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `t-${n}`)
    const { pass, api, start, said } = setUp(names.map(name => task({ name, spec: daily })))
    const lost = Array.from({ length: 200 }, () => 'LostBefore' as const)
    api.writeFates.push(...lost)
    api.readFates.push(...lost)
    start('rota-1')
    await pass(160)
    expect(200 - api.writeFates.length + 200 - api.readFates.length).toBeGreaterThan(40)
    api.writeFates.length = 0
    api.readFates.length = 0
    await pass(3)
    expect(said('Claimed').length).toBeGreaterThan(0)
  })

  it('makes no further attempt once its end was written, although the answer to that was lost', async () => {
    const { pass, api, start, targets } = setUp([task({ spec: daily })], { carry: () => faultOf('Transient') })
    start('rota-1')
    await pass(62)
    const attempted = targets.carried.length
    api.change('team-a/nights-off', object => {
      const { activeRun: _, ...ended } = object.status as Status
      return { ...object, status: ended }
    })
    await pass(60)
    expect(targets.carried).toHaveLength(attempted)
  })

  it('runs once the API server is back, with less and less asking until then', async () => {
    const { pass, api, start, status } = setUp([task({ spec: daily })])
    api.writeFates.push(...Array.from({ length: 5 }, () => 'LostBefore' as const))
    start('rota-1')
    await pass(80)
    expect(api.asked).toBe(7)
    await pass(20)
    expect(status()).toMatchObject({ runCount: 1, lastResult: 'Succeeded' })
  })
})

describe('a run that is cancelled', () => {
  it('ends with the requests under way, and says so', async () => {
    const { answer, letGo } = held()
    const { pass, start, change, status, targets } = setUp([task({ spec: daily })], {
      names: MANY,
      carry: () => answer,
    })
    start('rota-1')
    await pass(61)
    change('team-a/nights-off', cancel)
    letGo()
    await pass(1)
    expect(status()).toMatchObject({ lastResult: 'Cancelled', handled: { cancel: 'stop-1' }, runCount: 1 })
    expect(status()?.activeRun).toBeUndefined()
    expect(targets.carried).toHaveLength(32)
  })

  it('while it pauses makes no further attempt', async () => {
    const { pass, start, change, status, said } = setUp([task({ spec: daily })], { carry: () => faultOf('Transient') })
    start('rota-1')
    await pass(61)
    change('team-a/nights-off', cancel)
    await pass(60)
    expect(status()).toMatchObject({ lastResult: 'Cancelled', handled: { cancel: 'stop-1' } })
    expect(said('Attempting')).toHaveLength(1)
  })
})

describe('a controller that stops', () => {
  it('lets what runs end within the grace, and begins nothing', async () => {
    const { answer, letGo } = held()
    const { pass, start, status } = setUp([task({ spec: daily }), task({ name: 'other', spec: daily })], {
      carry: () => answer,
      workers: 1,
    })
    const controller = start('rota-1')
    await pass(61)
    const stopped = controller.stop(25 * SECOND)
    letGo()
    await pass(1)
    await stopped
    await pass(600)
    expect(status('team-a/nights-off')).toMatchObject({ lastResult: 'Succeeded' })
    expect(status('team-a/other')?.runCount ?? 0).toBe(0)
  })

  it('takes up what a former one has begun before anything else begins in that namespace, also at the second try', async () => {
    const begun = claimed(task({ name: 'begun', spec: { ...daily, schedule: '58 19 * * *' } }), '2026-01-05T19:58:00Z')
    const { pass, api, start, said } = setUp([
      begun,
      task({ name: 'next', spec: { ...daily, schedule: '59 19 * * *' } }),
    ])
    api.writeFates.push('LostBefore')
    start('rota-2')
    await pass(10)
    expect(said('Claimed', 'Ended')).toMatchObject([
      { fact: 'Ended', task: 'team-a/begun' },
      { fact: 'Claimed', task: 'team-a/next' },
      { fact: 'Ended', task: 'team-a/next' },
    ])
  })

  it('takes up what was begun before a run with a later slot ends its pause, although access is asked for first', async () => {
    const spec = { ...daily, schedule: '57 19 * * *', target: { namespaces: ['team-a', 'team-b'] } }
    const begun = claimed(task({ name: 'begun', spec }), '2026-01-05T19:57:00Z')
    const pausing = written(
      claimed(task({ name: 'pausing', spec: { ...daily, schedule: '58 19 * * *' } }), '2026-01-05T19:58:00Z'),
      '2026-01-05T19:58:01Z',
      { event: 'AttemptFailed', nextAttempt: 2, nextAttemptTime: at('2026-01-05T19:58:30Z'), message: 'busy' },
    )
    const { pass, start, said } = setUp([begun, pausing])
    start('rota-2')
    await pass(10)
    expect(said('Ended')).toMatchObject([{ task: 'team-a/begun' }, { task: 'team-a/pausing' }])
  })

  it('leaves what takes longer as it is, and the next one carries it on', async () => {
    const { answer, letGo } = held()
    const { pass, start, status, said, targets } = setUp([task({ spec: daily })], {
      names: MANY,
      carry: time => (time <= 32 ? answer : undefined),
    })
    const controller = start('rota-1')
    await pass(61)
    const stopped = controller.stop(5 * SECOND)
    await pass(6)
    letGo()
    await pass(1)
    await stopped
    expect(said('Left')).toHaveLength(1)
    expect(status()).toMatchObject({ phase: 'Running', activeRun: { owner: 'rota-1', resumed: 0 } })
    start('rota-2')
    await pass(1)
    expect(status()).toMatchObject({ runCount: 1, lastResult: 'Succeeded' })
    expect(status()?.history?.[0]).toMatchObject({ attempts: 1, changed: MANY.length })
    expect(targets.carried).toHaveLength(MANY.length)
    expect(said('Resumed')).toMatchObject([{ resumed: 1 }])
  })
})
