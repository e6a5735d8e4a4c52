import { describe, expect, it } from 'vitest'
import type { Fact } from '../api/facts.ts'
import { type LogFormat, type LogLevel, logFacts, logger } from './logs.ts'

function written(fact: Fact, format: LogFormat = 'json', level: LogLevel = 'debug'): readonly string[] {
  const lines: string[] = []
  logFacts(logger(format, level, { write: line => lines.push(line) }))(fact)
  return lines
}

const about = { task: 'team-a/nights-off', run: 'abc', operation: 'sleep' } as const
const notRun = { fact: 'NotRun', ...about, reason: 'Overlap', message: 'm', slot: 's' } as const
const ended = {
  fact: 'Ended',
  ...about,
  reason: 'x',
  message: 'slept 2 Deployments',
  seconds: 0.4,
  attempt: 1,
} as const

describe('the line of a fact', () => {
  it.each<[string, string, Fact]>([
    ['info', 'task submitted to pool', { fact: 'Submitted', ...about, slot: '2026-01-05T20:00:00Z', rank: 1 }],
    [
      'debug',
      'claimed 0.012 s after it was due',
      { fact: 'Claimed', ...about, latenessSeconds: 0.012, reason: 'Schedule' },
    ],
    ['info', 'next attempt', { fact: 'Resumed', ...about, resumed: 0 }],
    ['info', 'resuming an interrupted run', { fact: 'Resumed', ...about, resumed: 1 }],
    ['info', 'executing (attempt 1/3)', { fact: 'Attempting', ...about, attempt: 1, attempts: 3 }],
    [
      'warn',
      'attempt 1 failed, the next one in 10.5 s: boom',
      { fact: 'Attempted', ...about, attempt: 1, outcome: 'Failed', message: 'boom', nextAttemptSeconds: 10.51 },
    ],
    [
      'debug',
      'Deployment/web: replicas 3 → 0',
      {
        fact: 'Changed',
        ...about,
        kind: 'Deployment',
        target: 'team-a/Deployment/web',
        says: 'Deployment/web: replicas 3 → 0',
      },
    ],
    ['info', 'completed in 0.40 s: slept 2 Deployments', { ...ended, result: 'Succeeded' }],
    ['error', 'failed after 0.40 s with error: slept 2 Deployments', { ...ended, result: 'Failed' }],
    ['error', 'failed after 0.40 s with error: slept 2 Deployments', { ...ended, result: 'TimedOut' }],
    [
      'info',
      'cancelled after 0.40 s: requested by stop-1; slept 2 Deployments',
      { ...ended, result: 'Cancelled', message: 'cancelled: requested by stop-1; slept 2 Deployments' },
    ],
    ['warn', 'left to be resumed', { fact: 'Left', ...about, message: 'left to be resumed' }],
    ['warn', 'missed 1 slot: m', { ...notRun, result: 'Missed', count: 1 }],
    ['warn', 'missed 12 slots: m', { ...notRun, result: 'Missed', count: 12 }],
    ['info', 'skipped (Overlap): m', { ...notRun, result: 'Skipped', reason: 'Overlap', count: 1 }],
    [
      'info',
      'waiting: team-a is busy',
      { fact: 'Waiting', task: about.task, rule: 'due', message: 'waiting: team-a is busy' },
    ],
    ['warn', 'stalled: no such zone', { fact: 'Stalled', task: about.task, reason: 'r', message: 'no such zone' }],
    ['warn', 'the wake was given up', { fact: 'LetGo', task: about.task, message: 'the wake was given up' }],
    ['info', 'periodic cleanup removed 4', { fact: 'Cleaned', removed: 4 }],
    ['warn', 'watch restarted: reset', { fact: 'WatchRestarted', resource: 'scheduledtasks', because: 'reset' }],
    ['info', 'became the leader', { fact: 'Leading', name: 'rota', leading: true, message: 'became the leader' }],
    ['error', 'broken', { fact: 'Trouble', where: 'x', message: 'broken' }],
  ])('%s: %s', (level, msg, fact) => {
    const lines = written(fact)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level, msg, time: expect.stringMatching(/^\d{4}-.*Z$/) })
  })

  it.each<[string, Fact]>([
    [
      'a last attempt, which the end of the run tells about',
      { fact: 'Attempted', ...about, attempt: 3, outcome: 'Failed', message: 'boom' },
    ],
    ['a request, of which there are too many', { fact: 'Requested', method: 'GET', code: '200', seconds: 0.1 }],
  ])('there is none for %s', (_, fact) => {
    expect(written(fact)).toEqual([])
  })

  it('has what the fact has as fields, nothing twice and nothing of the machine', () => {
    const [line = ''] = written({ ...ended, result: 'Succeeded' })
    const { time, ...fields } = JSON.parse(line) as Record<string, unknown>
    expect(fields).toEqual({
      level: 'info',
      ...about,
      reason: 'x',
      result: 'Succeeded',
      seconds: 0.4,
      attempt: 1,
      msg: 'completed in 0.40 s: slept 2 Deployments',
    })
  })

  it('is not written below the level', () => {
    expect(written({ ...ended, result: 'Succeeded' }, 'json', 'warn')).toEqual([])
    expect(written({ ...ended, result: 'Failed' }, 'json', 'error')).toHaveLength(1)
  })
})

describe('text for people', () => {
  it('has time, level, what happened, then the fields', () => {
    expect(written({ fact: 'Attempting', ...about, attempt: 1, attempts: 3 }, 'text')).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}executing \(attempt 1\/3\) task=team-a\/nights-off run=abc operation=sleep attempt=1 attempts=3\n$/,
      ),
    ])
  })

  it('quotes what has spaces', () => {
    const [line] = written({ fact: 'WatchRestarted', resource: 'a "b"', because: 'it was reset' }, 'text')
    expect(line).toContain('watch restarted: it was reset resource="a \\"b\\""\n')
  })

  it('stays on one line, whatever a server has said', () => {
    const [line = ''] = written({ fact: 'Trouble', where: 'a\nb', message: 'first\n  second' }, 'text')
    expect(line).toMatch(/ERROR first second .*\n$/)
    expect(line.trimEnd()).not.toContain('\n')
  })
})
