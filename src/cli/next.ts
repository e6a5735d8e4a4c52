import { type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'
import { messageOf } from '../lib/text.ts'
import { localTime } from '../schedule/local-time.ts'
import { type Schedule, timetable } from '../schedule/timetable.ts'
import { inWords, zoneWords } from '../schedule/words.ts'
import { DONE, type Io, misuse } from './io.ts'
import { painter } from './paint.ts'
import { table } from './table.ts'

export interface NextFlags {
  readonly timeZone: string
  readonly from?: string
  readonly number: string
  readonly output: string
  readonly skippedTime: string
  readonly repeatedTime: string
  readonly hashKey?: string
}

const MOST = 10_000

/** `rota next`: the next instants of a schedule; no cluster is needed. */
export function next(io: Io, expression: string, flags: NextFlags): number {
  const now = io.clock.now()
  const from = flags.from === undefined ? now : instantOf(flags.from)
  if (from === undefined) misuse(`--from=${flags.from}: must be an RFC 3339 time such as ${rfc3339(now)}`)
  const number = /^\d{1,5}$/.test(flags.number) ? Number(flags.number) : 0
  if (number < 1 || number > MOST) misuse(`-n ${flags.number}: must be a whole number from 1 to ${MOST}`)
  const { timeZone: zone, hashKey } = flags
  if (hashKey !== undefined && !/^[^/\s]+\/[^/\s]+$/.test(hashKey))
    misuse(`--hash-key=${hashKey}: must be namespace/name`)
  const slots = slotsFrom(
    {
      expression,
      zone,
      skippedTime: oneOf('--skipped-time', flags.skippedTime, ['RunAfter', 'Skip']),
      repeatedTime: oneOf('--repeated-time', flags.repeatedTime, ['First', 'Last', 'Both']),
      ...(hashKey !== undefined && { hashKey }),
    },
    from,
    number,
  )
  if (flags.output === 'json') io.out.write(`${JSON.stringify(slots.map(rfc3339))}\n`)
  else io.out.write(`${inWords(expression, hashKey)}${zoneWords(zone)}\n\n${asTable(io, slots, zone, now)}`)
  return DONE
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  return allowed.find(one => one === value) ?? misuse(`${flag}=${value}: must be one of ${allowed.join(', ')}`)
}

function slotsFrom(schedule: Schedule, from: Instant, number: number): readonly Instant[] {
  try {
    const { nextAfter } = timetable(schedule)
    const slots: Instant[] = []
    for (let at = nextAfter(from); at !== undefined && slots.length < number; at = nextAfter(at)) slots.push(at)
    return slots
  } catch (error) {
    const hint = schedule.hashKey === undefined ? ' (--hash-key namespace/name)' : ''
    const message = messageOf(error)
    return misuse(message.endsWith('as namespace/name') ? message + hint : message)
  }
}

/** When the clocks are set between two slots, the second one says so. */
function asTable(io: Io, slots: readonly Instant[], zone: string, now: Instant): string {
  const paint = painter(io, io.out)
  const offsetOf = (at: Instant) => localTime(at, zone).slice(19)
  const rows = slots.map((at, index) => {
    const before = index > 0 ? offsetOf(slots[index - 1] ?? at) : offsetOf(at)
    const note = before === offsetOf(at) ? '' : paint('yellow', `clocks were set from ${before} to ${offsetOf(at)}`)
    const local = zone === 'UTC' ? [] : [localTime(at, zone)]
    return [weekday(at, zone), ...local, paint('dim', rfc3339(at)), relative(at, now), note]
  })
  return table(['DAY', ...(zone === 'UTC' ? [] : [zone.toUpperCase()]), 'UTC', 'WHEN', ''], rows)
}

function weekday(at: Instant, timeZone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at)
}
