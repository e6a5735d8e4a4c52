import { describe, expect, test } from 'vitest'
import type { ActiveRun, HistoryEntry, ScheduledTask, Spec, Status } from '../../src/api/task.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { asleep, claimed, idOf, morning, night, SLOT, Story } from './story.ts'

const { id, operation, reason, slotTime, startTime } = night
const slept: HistoryEntry = {
  ...{ id, operation, reason, slotTime, startTime },
  ...{ result: 'Succeeded', resultReason: 'Completed', attempts: 1, changed: 1 },
  ...{ command: 'sleep namespace/team-a', namespaces: ['team-a'], namespaceCount: 1 },
}

/** A process of the one that has the lease as `rota_1`. */
const LEADER = 'rota-01234567'
const mine: Partial<Status> = { runCount: 1, activeRun: { ...night, owner: LEADER } }
const done: Partial<Status> = { runCount: 1, history: [slept] }

/** A night in which all is well, up to its record. */
function begun(spec: Partial<Spec> = {}): Story {
  return new Story().task({}).web(3, { by: 'kubectl' }).task(claimed, { spec })
}

/** A run that goes on after another one. */
function between(other: ActiveRun): Story {
  const now = { ...done, runCount: 2, activeRun: other }
  return begun().web(0, asleep).task(done).task(now).web(3, { run: other.id }).web(1, asleep)
}

const failed: HistoryEntry = { ...slept, result: 'Failed' }
const missing: HistoryEntry = { ...failed, resultReason: 'NotFound', error: 'there is no Deployment named web' }
const second: ActiveRun = { ...night, attempt: 2, nextAttemptTime: '2026-11-25T20:00:10.100Z' }
const third: ActiveRun = { ...night, attempt: 3, nextAttemptTime: '2026-11-25T20:00:30.100Z' }
const paused = { retry: { delaySeconds: 10 } } as Spec
const edited = { spec: { serviceAccountName: 'another' }, generation: 2 }
const both = { from: 3, to: 0, holders: [{ task: 'team-a/other', uid: 'other-uid' }] }
const LATER = '2026-11-25T20:00:01Z'
const later: ActiveRun = { ...morning, id: idOf('wake', LATER), slotTime: LATER, startTime: LATER }
const stories: readonly [string, Story, readonly number[]][] = [
  ['a run that is claimed, changes its target and is recorded', begun().web(0, asleep).task(done), []],
  [
    'a run that is taken up by another process',
    begun().task({ ...claimed, activeRun: { ...night, owner: 'two', resumed: 1 } }),
    [],
  ],
  [
    'a wake that puts back what was kept',
    begun()
      .web(0, asleep)
      .task(done)
      .task({ ...done, runCount: 2, activeRun: morning })
      .web(3, { run: morning.id }),
    [],
  ],
  [
    'a wake that leaves what somebody has changed',
    begun()
      .web(0, asleep)
      .task(done)
      .web(7, { by: 'kubectl', ...asleep })
      .task({ ...done, runCount: 2, activeRun: morning })
      .web(7, { run: morning.id }),
    [],
  ],
  [
    'a sleep of an object with a copied note: what is there is its own',
    new Story()
      .task({})
      .web(1, { by: 'kubectl', kept: { from: 4, to: 1, uid: 'another' } })
      .task(claimed)
      .web(0, { kept: { from: 1, to: 0 } })
      .task(done),
    [],
  ],

  [
    'attempts whose pauses double',
    begun(paused)
      .task({ ...claimed, activeRun: second }, { spec: paused })
      .task({ ...claimed, activeRun: third }, { spec: paused }),
    [],
  ],
  [
    'a cancel that ends its run',
    begun().task({ ...done, history: [{ ...slept, result: 'Cancelled' }], handled: { cancel: 'enough' } }),
    [],
  ],
  ['a cancel of another run', begun().task({ ...claimed, handled: { cancel: '0123456789abcdef' } }), []],
  ['a limit that the CRD would refuse by now', new Story().task({}, { spec: { historyLimit: -1 } }), []],
  ['an edit of the title', begun().task(claimed, { spec: { title: 'new' }, generation: 2 }), []],
  ['a sleep that leaves what sleeps when its task goes', leaves('Leave'), []],
  ['a cleanup after lists that came whole', cleans().list('secrets', 410).list('secrets').delete(), []],
  ['a claim of who leads', led().task(mine).lease('another_2'), []],
  ['a claim without leases', led().task(claimed), []],
  ['a claim of one whose namesake has released a lease', led().lease('').task(mine), []],
  ['runs that are announced in order', begun().task({ ...done, nextRuns: [SLOT, '2026-11-25T21:01:00+01:00'] }), []],
  ['a slot that its schedule names', scheduled('0 21 * * *'), []],
  ['a slot with a minute that a hash has picked', scheduled('H 21 * * *'), []],
  ['a slot with an hour that a hash has picked', scheduled('0 H(18-22)/2 * * *'), []],

  [
    'a claim before its slot',
    new Story().task({}).task({ ...claimed, activeRun: { ...night, startTime: '2026-11-25T19:59:59.999Z' } }),
    [1],
  ],
  ['a write before the claim', new Story().task({}).web(0, asleep).task(claimed), [1, 8]],
  ['a write of a run that was never claimed', new Story().task({}).web(0, asleep), [13]],
  ['a run that is gone without a record', begun().task({ runCount: 1 }), [2]],
  ['a run that is replaced by another one without a record', begun().task({ runCount: 2, activeRun: morning }), [2]],
  [
    'a run that runs once more after its record',
    begun()
      .task(done)
      .task({ ...done, runCount: 2, activeRun: { ...night, startTime: '2026-11-25T20:01:00Z' } }),
    [2],
  ],
  [
    'a run that is recorded twice',
    begun()
      .task(done)
      .task({ runCount: 1, history: [{ ...slept, startTime: '2026-11-25T20:01:00Z' }, slept] }),
    [2],
  ],
  ['a target that is changed twice by one run', begun().web(0, asleep).web(2, asleep), [3]],
  [
    'a target that is changed once more after somebody else',
    begun()
      .web(0, asleep)
      .web(4, { by: 'kubectl', ...asleep })
      .web(0, asleep),
    [3],
  ],
  ['a target that is changed once more after a run of a later slot', between(later), [3, 6, 8]],
  ['a target that is changed once more after a run of the same slot came late', between(morning), [8]],
  ['a patch without a precondition', begun().web(0, { ...asleep, version: '' }), [3]],
  ['a patch without the mark of its run', begun().web(0, { ...asleep, run: '' }), [3]],
  ['a restart that is stamped with now', begun().web(3, { stamp: '2026-11-25T20:00:02Z' }), [3]],
  [
    'a run whose id does not follow from its slot',
    new Story().task({}).task({
      ...claimed,
      activeRun: { ...night, slotTime: '2026-11-25T20:00:00.001Z', startTime: '2026-11-25T20:00:01Z' },
    }),
    [3],
  ],
  [
    'an edit of the schedule that lets older slots count',
    new Story()
      .task({ schedule: { key: 'a', since: SLOT } })
      .task({ schedule: { key: 'a', since: SLOT } })
      .task({ schedule: { key: 'b', since: SLOT } }, { generation: 2 }),
    [2],
  ],
  [
    'an edit within the second since which slots count, however late that is written down',
    new Story()
      .task({ schedule: { key: 'a', since: SLOT } }, { generation: 2 })
      .task({ schedule: { key: 'a', since: SLOT } }, { generation: 2 })
      .task({ schedule: { key: 'b', since: SLOT } }, { generation: 2 }),
    [],
  ],
  [
    'a slot from before the schedule was in force',
    new Story().task({}).task({ ...claimed, schedule: { key: 'a', since: SLOT } }),
    [2],
  ],
  ['a slot that its schedule does not name', scheduled('0 20 * * *'), [2]],
  ['a slot in another hour than the one of which a hash picks the minute', scheduled('H 20 * * *'), [2]],
  ['a claim that is not counted', new Story().task({}).task({ activeRun: night }), [4]],
  ['a claim that is counted twice', new Story().task({}).task({ runCount: 2, activeRun: night }), [4]],
  ['a failure that is not counted', begun().task({ runCount: 1, history: [failed] }), [4]],
  [
    'a counter that goes back',
    begun()
      .task({ ...done, errorCount: 1, history: [failed] })
      .task({ ...done, history: [failed] }),
    [4],
  ],
  [
    'a history in the wrong order',
    begun()
      .task(done)
      .task({ runCount: 1, history: [slept, { ...slept, id: 'later', startTime: '2026-11-26T20:00:00Z' }] }),
    [5],
  ],
  [
    'a history longer than asked for',
    begun()
      .task(done, { spec: { historyLimit: 1 } })
      .task({ runCount: 1, history: [{ ...slept, id: 'a' }, slept] }, { spec: { historyLimit: 1 } }),
    [5],
  ],
  ['another owner who does not say so', begun().task({ ...claimed, activeRun: { ...night, owner: 'two' } }), [6]],
  ['a write after the record', begun().task(done).web(0, asleep), [8]],
  [
    'a write after the record that changes nothing',
    begun()
      .web(0, asleep)
      .task(done)
      .web(0, { ...asleep, leaves: '4' }),
    [],
  ],
  [
    'more attempts than allowed',
    begun().task({ ...claimed, activeRun: { ...night, attempt: 2 } }, { spec: { retry: { attempts: 1 } } as Spec }),
    [9],
  ],
  [
    'a pause that is too short',
    begun({ retry: { delaySeconds: 10 } } as Spec).task(
      { ...claimed, activeRun: { ...night, attempt: 2, nextAttemptTime: '2026-11-25T20:00:05Z' } },
      { spec: { retry: { delaySeconds: 10 } } as Spec },
    ),
    [9],
  ],
  [
    'a pause that does not grow',
    begun(paused)
      .task({ ...claimed, activeRun: second }, { spec: paused })
      .task({ ...claimed, activeRun: { ...third, nextAttemptTime: '2026-11-25T20:00:20.100Z' } }, { spec: paused }),
    [9],
  ],
  [
    'an attempt within the pause before it',
    begun()
      .task({ ...claimed, activeRun: second })
      .task({ ...done, history: [{ ...slept, durationMilliseconds: 9000 }] }),
    [9],
  ],
  [
    'another attempt at what is not there',
    begun()
      .task({ ...claimed, activeRun: second, lastMessage: 'attempt 1 of 3: there is no Deployment named web' })
      .task({ ...done, errorCount: 1, history: [{ ...missing, durationMilliseconds: 11_000 }] }),
    [9],
  ],
  [
    'a write long after the deadline',
    new Story()
      .task({})
      .web(3, { by: 'kubectl' })
      .task(claimed, { spec: { timeoutSeconds: 1 } })
      .web(3, { by: 'kubectl' })
      .web(3, { by: 'kubectl' })
      .web(0, asleep)
      .task(done, { spec: { timeoutSeconds: 1 } }),
    [8],
  ],
  ['a cleanup after a part of a list', cleans().list('configmaps', 410).delete(), [10]],
  ['a cleanup of one kind after a part of another', cleans().list('secrets', 403).delete(), [10]],
  ['a sleep whose task may go without waking', leaves('Wake'), [10]],
  [
    'a wake that forgets who else holds it',
    withOther(begun().web(0, { kept: both }).task(done))
      .task({ ...done, runCount: 2, activeRun: morning })
      .web(3, { run: morning.id }),
    [11],
  ],
  ['replicas that are kept nowhere', begun().web(0), [10]],
  ['a number kept that was not there', begun().web(0, { kept: { from: 0, to: 0 } }), [10]],
  [
    'a wake that puts back something else',
    begun()
      .web(0, asleep)
      .task(done)
      .task({ ...done, runCount: 2, activeRun: morning })
      .web(1, { run: morning.id }),
    [11],
  ],
  [
    "a wake that overwrites somebody's edit",
    begun()
      .web(0, asleep)
      .task(done)
      .web(7, { by: 'kubectl', ...asleep })
      .task({ ...done, runCount: 2, activeRun: morning })
      .web(3, { run: morning.id }),
    [12],
  ],
  [
    'a write in the name of another account',
    begun().web(0, { ...asleep, as: 'system:serviceaccount:team-b:rota' }),
    [13],
  ],
  ['a write in a namespace that is not of the run', begun().web(0, { ...asleep, namespace: 'team-b' }), [13]],
  ['a claim on a suspended task', new Story().task({}).task(claimed, { spec: { suspend: true } }), [15]],
  ['a claim on a task that is being deleted', new Story().task({}).task(claimed, { deleted: true }), [15]],
  [
    'a cancel that is answered while its run goes on',
    begun().task({ ...claimed, handled: { cancel: 'enough' } }),
    [15],
  ],
  ['an edit that is seen while the run goes on', begun().task(claimed, edited), [15]],
  [
    'a write that changes nothing but times',
    begun()
      .task(done)
      .task({ ...done, lastRunTime: '2026-11-25T20:00:00Z' })
      .task({ ...done, lastRunTime: '2026-11-25T20:00:09Z' }),
    [16],
  ],
  ['a write on no version', begun().task(done, { stands: '' }), [17]],
  ['a claim of who leads no more', led().lease('another_2').task(mine), [17]],
  [
    'a run that is taken up by one who leads no more',
    led()
      .lease('another_2')
      .task(claimed)
      .task({ ...claimed, activeRun: { ...night, owner: LEADER, resumed: 1 } }),
    [17],
  ],
  [
    'runs that are announced in no order',
    begun().task({ ...done, nextRuns: ['2026-11-25T21:01:00+01:00', '2026-11-25T20:00:59Z'] }),
    [18],
  ],
  ['a run that is active and not said to be', begun().task({ ...claimed, phase: 'Scheduled' }), [18]],
  ['a run that has ended and is said to be active', begun().task({ ...done, phase: 'Running' }), [18]],
  ['a status that is not of its spec', begun().task({ ...done, observedGeneration: 1 }, { generation: 2 }), [18]],
  ['a result that is not the newest', begun().task({ ...done, lastResult: 'Failed' }), [18]],
  ['a status that is too large', begun().task({ ...done, lastMessage: 'x'.repeat(17_000) }), [19]],
]

function scheduled(schedule: string): Story {
  return new Story().task({}).task(claimed, { spec: { schedule, timeZone: 'Europe/Berlin' } })
}

/** Up to its first list. */
function cleans(): Story {
  const run: ActiveRun = { ...night, id: idOf('cleanup'), operation: 'cleanup' }
  return new Story()
    .task({})
    .task({ ...claimed, activeRun: run })
    .list('configmaps')
}

function led(): Story {
  return new Story().lease('rota_1').task({})
}

/** A claim without a finalizer. */
function leaves(onDelete: 'Leave' | 'Wake'): Story {
  return new Story().task({}).task(claimed, { finalizers: [], spec: { operation: { sleep: { onDelete } } } as Spec })
}

/** Another task is there too. */
function withOther(story: Story): Story {
  for (const event of new Story().task({}).log) story.log.push(ofOther(event))
  return story
}

function ofOther(event: AuditEvent): AuditEvent {
  const { metadata, ...rest } = event.responseObject as ScheduledTask
  return { ...event, responseObject: { ...rest, metadata: { ...metadata, uid: 'other-uid', name: 'other' } } }
}

describe('the checker', () => {
  for (const [what, story, expected] of stories) {
    test(`${expected.length > 0 ? 'finds' : 'is content with'} ${what}`, () => {
      expect(story.violations).toEqual(expected)
    })
  }

  test('finds a write that leaves a task as it was', () => {
    const story = begun()
    story.log.push(story.log.at(-1) as AuditEvent)
    expect(story.violations).toEqual([16])
  })

  test('is content with the answer to who lets a task go, which is the version it had', () => {
    const story = begun().task(done, { deleted: true })
    story.log.push(story.log.at(-1) as AuditEvent)
    expect(story.violations).toEqual([])
  })

  test('finds two runs that work on one namespace at the same time', () => {
    const story = begun().web(0, asleep)
    const slot = '2026-11-25T20:00:01Z'
    const later = { ...night, id: idOf('sleep', slot), slotTime: slot, startTime: '2026-11-25T20:00:05Z' }
    const other = new Story().task({}).task({ runCount: 1, activeRun: later })
    for (const event of other.log) story.log.push(ofOther(event))
    expect(story.web(3, { run: later.id }).web(0, asleep).violations).toContain(6)
  })

  test('leaves out dry runs, refusals and what is none of its namespaces', () => {
    const story = begun().web(0, { ...asleep, namespace: 'elsewhere' })
    const [dry, refused] = [begun().web(1).log.at(-1), begun().web(1).log.at(-1)] as [AuditEvent, AuditEvent]
    story.log.push({ ...dry, requestURI: '/?dryRun=All' }, { ...refused, responseStatus: { code: 409 } })
    expect(story.violations).toEqual([])
  })
})
