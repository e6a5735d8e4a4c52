import { describe, expect, it } from 'vitest'
import { fiveFields } from './expression.ts'

describe('an expression is accepted', () => {
  it.each([
    ['0 20 * * 1-5', '0 20 * * 1-5'],
    ['*/15 8-18/2 1,15,L JAN-MAR mon-fri', '*/15 8-18/2 1,15,L JAN-MAR MON-FRI'],
    ['5 4 l * ?', '5 4 L * ?'],
    ['05 04 ? 09 07', '05 04 ? 09 07'],
    ['0 0 * * fril', '0 0 * * FRIL'],
    ['0 0 * * MON#2,5L', '0 0 * * MON#2,5L'],
    ['59 23 31 12 7', '59 23 31 12 7'],
    ['*/59 */23 */31 */12 */7', '*/59 */23 */31 */12 */7'],
  ])('%s', (given, fields) => {
    expect(fiveFields(given)).toBe(fields)
  })

  it.each([
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
  ])('%s stands for %s', (given, fields) => {
    expect(fiveFields(given)).toBe(fields)
  })

  it.each([
    ['FRI-SUN', 'FRI-7'],
    ['sat-sun', 'SAT-7'],
    ['SUN-SUN', '7-7'],
    ['0-SUN', '7-7'],
    ['SUN-TUE', 'SUN-TUE'],
    ['MON-SUN/2', 'MON-7/2'],
    ['SUN,FRI-SUN', 'SUN,FRI-7'],
  ])('a Sunday at the end of %s is the last day of the week', (given, day) => {
    expect(fiveFields(`0 0 * * ${given}`)).toBe(`0 0 * * ${day}`)
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
    ['H 20 * * *', 'H (a hashed value) is not available yet; write a number'],
    ['0 h/2 * * *', 'H (a hashed value) is not available yet; write a number'],
    ['0,H(0-29) 20 * * *', 'H (a hashed value) is not available yet; write a number'],
  ])('%s', (given, message) => {
    expect(() => fiveFields(given)).toThrow(message)
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
    weekday('MON-SUN#2', 'use 0-7 or SUN-SAT with * , - /'),
  ])('%s', (given, message) => {
    expect(() => fiveFields(given as string)).toThrow(message)
  })
})
