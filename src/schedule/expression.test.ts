import { describe, expect, it } from 'vitest'
import { daysOf } from './days.ts'
import { type Cron, parse } from './expression.ts'

/** The weekdays of a month that begins with a Sunday, as bits. */
const weekdays = (cron: Cron) => daysOf(cron, 0, 28)

describe('an expression means the same as', () => {
  it.each([
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['5 4 l * ?', '5 4 L * *'],
    ['05 04 ? 09 07', '5 4 * 9 7'],
    ['*/20 8-18/5 * JAN-MAR *', '0,20,40 8,13,18 * 1,2,3 *'],
    ['59 */23 * * *', '59 0,23 * * *'],
  ])('%s: %s', (given, same) => {
    const { fixed: _, ...cron } = parse(given)
    expect(parse(same)).toMatchObject(cron)
  })

  it.each([
    ['0 0 * * fri-sun', '5,6,7'],
    ['0 0 * * SAT-SUN', '6,7'],
    ['0 0 * * SUN-SUN', '0'],
    ['0 0 * * 0-SUN', '0'],
    ['0 0 * * 0-7', '0,1,2,3,4,5,6,7'],
    ['0 0 * * SUN-TUE', '0,1,2'],
    ['0 0 * * MON-SUN/2', '1,3,5,7'],
    ['0 0 * * SUN,FRI-SUN', '0,5,6,7'],
  ])('%s: the weekdays %s, since a Sunday at the end is the last day of the week', (given, days) => {
    expect(weekdays(parse(given))).toEqual(weekdays(parse(`0 0 * * ${days}`)))
  })
})

describe('a fixed local time', () => {
  it.each([
    ['0 20 * * *', true],
    ['*/5 1,2-3 * * *', true],
    ['0 H * * *', true],
    ['0 H(1-5) * * *', true],
    ['0 * * * *', false],
    ['0 8-18/2 * * *', false],
    ['0 H/6 * * *', false],
  ])('%s: %s', (expression, fixed) => {
    expect(parse(expression, 'team-a/nights-off').fixed).toBe(fixed)
  })
})

describe('H picks a value by the name of the task', () => {
  const KEYS = Array.from({ length: 600 }, (_, n) => `team-a/task-${n}`)

  it('the same one each time, in upper and lower case', () => {
    expect(parse('H H H H H', 'team-a/nights-off')).toEqual(parse('H H H H H', 'team-a/nights-off'))
    expect(parse('h(0-29)/10 h * * *', 'team-a/a')).toEqual(parse('H(0-29)/10 H * * *', 'team-a/a'))
    expect(parse('H H H H H', 'team-a/nights-off')).not.toEqual(parse('H H H H H', 'team-b/nights-off'))
  })

  it('does not change with the version of Rota', () => {
    const { minutes, hours } = parse('H H * * *', 'team-a/nights-off')
    expect({ minutes, hours }).toEqual({ minutes: [55], hours: [5] })
  })

  it.each([
    ['H * * * *', 60, 0, 59],
    ['H(10-19) * * * *', 10, 10, 19],
  ])('%s: each of %i values', (expression, size, from, to) => {
    const picked = KEYS.map(key => parse(expression, key).minutes)
    expect(picked.every(({ length }) => length === 1)).toBe(true)
    const values = new Set(picked.flat())
    expect(values.size).toBe(size)
    expect([Math.min(...values), Math.max(...values)]).toEqual([from, to])
  })

  it('a day of the month that every month has, and each weekday once', () => {
    const days = KEYS.flatMap(key => parse('0 0 H * *', key).daysOfMonth ?? []).map(item => 'from' in item && item.from)
    expect([...new Set(days)].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 28 }, (_, n) => n + 1),
    )
    expect(new Set(KEYS.map(key => weekdays(parse('0 0 * * H', key)))).size).toBe(7)
  })

  it.each([
    ['H/15 * * * *', 15, 4],
    ['H(0-29)/10 * * * *', 10, 3],
  ])('%s: with a step it picks the first of them', (expression, step, count) => {
    const picked = KEYS.map(key => parse(expression, key).minutes)
    for (const minutes of picked) {
      expect(minutes).toHaveLength(count)
      expect(minutes[0]).toBeLessThan(step)
      expect(minutes.every((minute, at) => minute === (minutes[0] as number) + at * step)).toBe(true)
    }
    expect(new Set(picked.map(([first]) => first)).size).toBe(step)
  })

  it('is picked for each item of a list', () => {
    const [early, late] = parse('H(0-29),H(30-59) * * * *', 'team-a/a').minutes
    expect(early).toBeLessThan(30)
    expect(late).toBeGreaterThanOrEqual(30)
  })

  it('needs a name', () => {
    expect(() => parse('H 20 * * *')).toThrow("'H 20 * * *' has H, a value picked by the name of the task")
    expect(parse('0 0 * MAR THU').months).toEqual([3])
  })
})

describe('an expression is refused, and told what to write instead', () => {
  const shape = 'must have exactly 5 fields separated by single spaces: minute hour day-of-month month day-of-week'
  it.each([
    ['', `'' ${shape}`],
    ['0 20 * *', `'0 20 * *' ${shape}`],
    ['0  20 * * *', `'0  20 * * *' ${shape}`],
    [' 0 20 * * *', `' 0 20 * * *' ${shape}`],
    ['0 0 20 1 * * 2026', `'0 0 20 1 * * 2026' ${shape}`],
    ['constructor', `'constructor' ${shape}`],
    ['hello world', `'hello world' ${shape}`],
    ['30 0 20 * * MON', "has 6 fields, but there is no field for seconds: write '0 20 * * MON'"],
    ['@every 5m', "'@every 5m' is not supported: write a step such as */5 * * * *"],
    ['@reboot', "'@reboot' is not supported: a task without a schedule runs on request"],
    ['@fortnightly', "'@fortnightly' is not supported: use one of @hourly, @daily"],
    ['@Daily', "'@Daily' is not supported: use one of @hourly, @daily"],
    ['TZ=Europe/Berlin 0 20 * * *', 'write the zone into spec.timeZone'],
    ['CRON_TZ=UTC 0 20 * * *', 'write the zone into spec.timeZone'],
    ['2026-12-24T20:00:00Z', 'a schedule repeats; write five cron fields such as 0 20 * * 1-5'],
  ])('%s', (given, message) => {
    expect(() => parse(given)).toThrow(message)
  })

  const minute = (text: string, problem: string) => [
    `${text} * * * *`,
    `minute (1st field) '${text}' is not valid: ${problem}`,
  ]
  const hour = (text: string, problem: string) => [
    `0 ${text} * * *`,
    `hour (2nd field) '${text}' is not valid: ${problem}`,
  ]
  const day = (text: string, problem: string) => [
    `0 0 ${text} * *`,
    `day of month (3rd field) '${text}' is not valid: ${problem}`,
  ]
  const month = (text: string, problem: string) => [
    `0 0 1 ${text} *`,
    `month (4th field) '${text}' is not valid: ${problem}`,
  ]
  const weekday = (text: string, problem: string) => [
    `0 0 * * ${text}`,
    `day of week (5th field) '${text}' is not valid: ${problem}`,
  ]
  it.each([
    minute('60', '60 is not in range; use 0-59'),
    minute('-1', 'use 0-59 with * , - /'),
    minute('1.5', 'use 0-59 with * , - /'),
    minute('?', 'use 0-59 with * , - /'),
    minute('1,', 'use 0-59 with * , - /'),
    minute('*/0', 'a step of 0 never advances'),
    minute('*/60', 'the step 60 is larger than the field; use at most 59'),
    minute('5/15', 'a step needs a range; write 5-59/15'),
    minute('30-10', 'the range 30-10 is reversed; write 30-59,0-10'),
    minute('0-SUN', 'SUN is not in range; use 0-59'),
    minute('000', '000 is not in range; use 0-59'),
    hour('24', '24 is not in range; use 0-23'),
    hour('22-4', 'the range 22-4 is reversed; write 22-23,0-4'),
    day('0', '0 is not in range; use 1-31 or L'),
    day('32', '32 is not in range; use 1-31 or L'),
    day('5-SUN', 'SUN is not in range; use 1-31 or L'),
    day('15W', 'W (nearest weekday) is not supported; use 1-31 or L'),
    day('LW', 'W (nearest weekday) is not supported; use 1-31 or L'),
    day('L-3', 'L is not in range; use 1-31 or L'),
    month('13', '13 is not in range; use 1-12 or JAN-DEC'),
    month('FOO', 'FOO is not in range; use 1-12 or JAN-DEC'),
    month('NOV-FEB', 'the range NOV-FEB is reversed; write NOV-12,1-FEB'),
    month('1-SUN', 'SUN is not in range; use 1-12 or JAN-DEC'),
    month('L', 'L is not in range; use 1-12 or JAN-DEC'),
    weekday('8', '8 is not in range; use 0-7 or SUN-SAT'),
    weekday('8L', '8 is not in range; use 0-7 or SUN-SAT'),
    weekday('FOOL', 'FOO is not in range; use 0-7 or SUN-SAT'),
    weekday('MON#6', 'use 0-7 or SUN-SAT with * , - /'),
    weekday('FRI-MON', 'the range FRI-MON is reversed; write FRI-7,0-MON'),
    weekday('MON-FRI#2', 'use 0-7 or SUN-SAT with * , - /'),
    minute('H-5', 'write H, H(0-59), H/15 or H(0-59)/15'),
    minute('H(5-60)', '60 is not in range; use 0-59'),
    minute('H(30-10)', 'the range 30-10 is reversed; write the smaller one first'),
    minute('H/0', 'a step of 0 never advances'),
    minute('H/60', 'the step 60 is larger than the field; use at most 59'),
    minute('H(0-9)/15', 'the step 15 is larger than the range 0-9'),
    day('H(0-5)', '0 is not in range; use 1-31 or L'),
    weekday('H#2', 'write H, H(0-6), H/2 or H(0-6)/2'),
    weekday('MON-SUN#2', 'use 0-7 or SUN-SAT with * , - /'),
  ])('%s', (given, message) => {
    expect(() => parse(given as string, 'team-a/a')).toThrow(message)
  })
})
