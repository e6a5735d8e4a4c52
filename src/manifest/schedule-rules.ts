import { timetable } from '../schedule/timetable.ts'
import { checkZone } from '../schedule/zone.ts'
import { complaint, type Finding, membersOf, type Path, valuesAt } from './finding.ts'

/** What is wrong with zone and schedules. `hashKey`: the task, which picks the values of `H`. */
export function scheduleFindings(spec: Readonly<Record<string, unknown>>, hashKey: string): readonly Finding[] {
  const zone = spec['timeZone'] ?? 'UTC'
  if (typeof zone !== 'string') return []
  const wrongZone = complaint(() => checkZone(zone))
  if (wrongZone !== undefined) return [{ path: ['spec', 'timeZone'], message: wrongZone, reason: 'InvalidTimeZone' }]
  const { skippedTime, repeatedTime } = membersOf(spec['daylightSaving'])
  const policy = {
    skippedTime: skippedTime === 'Skip' ? 'Skip' : 'RunAfter',
    repeatedTime: repeatedTime === 'Last' || repeatedTime === 'Both' ? repeatedTime : 'First',
  } as const
  const paths: readonly Path[] = [
    ['spec', 'schedule'],
    ['spec', 'operation', 'sleep', 'wakeSchedule'],
  ]
  return paths.flatMap(path => {
    const [found] = valuesAt({ spec }, path as readonly string[])
    const expression = found?.[1]
    if (typeof expression !== 'string') return []
    const message = complaint(() => timetable({ expression, zone, ...policy, hashKey }))
    return message === undefined ? [] : [{ path, message, reason: 'InvalidSchedule' }]
  })
}
