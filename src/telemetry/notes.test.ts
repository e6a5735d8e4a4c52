import { describe, expect, it } from 'vitest'
import type { Fact } from '../api/facts.ts'
import { noteOf } from './notes.ts'

const about = { task: 'team-a/nights-off', run: 'abc', operation: 'sleep' } as const
const ended = { fact: 'Ended', ...about, reason: 'Forbidden', message: 'may not', seconds: 1, attempt: 1 } as const
const notRun = { fact: 'NotRun', ...about, slot: '2026-01-05T20:00:00Z' } as const

describe('an Event', () => {
  it.each<[string, Fact, object]>([
    [
      'a run that failed',
      { ...ended, result: 'Failed' },
      { reason: 'Forbidden', action: 'Sleep', says: 'run abc failed: may not' },
    ],
    [
      'a run that took too long',
      { ...ended, operation: 'createNamespace', result: 'TimedOut', reason: 'Timeout', message: 'after 5 s' },
      { reason: 'Timeout', action: 'CreateNamespace', says: 'run abc failed: after 5 s' },
    ],
    [
      'slots that were missed',
      { ...notRun, result: 'Missed', reason: 'Outage', message: 'nobody was there', count: 3 },
      { reason: 'Missed', action: 'Sleep', says: 'missed 3 slots: nobody was there' },
    ],
    [
      'a task that can no longer be scheduled',
      { fact: 'Stalled', task: about.task, reason: 'TooManyFailures', message: '3 in a row' },
      { reason: 'TooManyFailures', action: 'Schedule', says: '3 in a row' },
    ],
    [
      'a task that went without waking what sleeps',
      { fact: 'LetGo', task: about.task, message: 'its account is gone' },
      { reason: 'LetGo', action: 'Delete', says: 'its account is gone' },
    ],
  ])('tells of %s', (_, fact, expected) => {
    expect(noteOf(fact)).toEqual({ task: about.task, ...expected })
  })

  it.each<[string, Fact]>([
    ['a success', { ...ended, result: 'Succeeded' }],
    ['what was cancelled', { ...ended, result: 'Cancelled' }],
    ['what was skipped', { ...notRun, result: 'Skipped', reason: 'Overlap', message: 'm', count: 1 }],
  ])('does not tell of %s', (_, fact) => expect(noteOf(fact)).toBeUndefined())
})
