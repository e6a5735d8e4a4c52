import { describe, expect, it } from 'vitest'
import { whenInWords } from './spec-words.ts'

describe('when a task runs, in words', () => {
  const said = (changes: object) =>
    whenInWords({ key: 'team-a/task', spec: { timeZone: 'Europe/Berlin', operation: {}, ...changes } })

  it.each([
    ['by a schedule', { schedule: '0 20 * * 1-5' }, 'every weekday at 20:00 in Berlin'],
    ['in UTC', { schedule: '@daily', timeZone: 'UTC' }, 'every day at 00:00 UTC'],
    [
      'asleep by night',
      { schedule: '0 20 * * *', operation: { sleep: { wakeSchedule: '30 6 * * 1-5' } } },
      'every day at 20:00 in Berlin; wakes every weekday at 06:30',
    ],
    ['asleep until asked', { schedule: '0 20 * * *', operation: { sleep: {} } }, 'every day at 20:00 in Berlin'],
    ['also after others', { schedule: '@daily', dependsOn: [{ name: 'a' }] }, 'every day at 00:00 in Berlin'],
    ['after others', { dependsOn: [{ name: 'backup' }, { name: 'tests' }] }, 'after backup and tests'],
    ['on request', {}, 'on request'],
    ['by what is no schedule', { schedule: 'soon' }, 'soon in Berlin'],
  ])('%s', (_, changes, words) => {
    expect(said(changes)).toBe(words)
  })

  it('picks H by its name', () => {
    expect(said({ schedule: 'H 3 * * *' })).toMatch(/^every day at 03:\d\d in Berlin$/)
  })
})
