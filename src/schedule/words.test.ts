import { describe, expect, it } from 'vitest'
import { inWords, zoneWords } from './words.ts'

describe('a schedule in words', () => {
  it.each([
    ['0 20 * * 1-5', 'every weekday at 20:00'],
    ['0 20 * * *', 'every day at 20:00'],
    ['0 20 ? * ?', 'every day at 20:00'],
    ['30 6,18 * * *', 'every day at 06:30 and 18:30'],
    ['0,30 6 * * SAT,SUN', 'every Saturday and Sunday at 06:00 and 06:30'],
    ['0 7 * * SAT-SUN', 'every Saturday and Sunday at 07:00'],
    ['0 7 * * 0-6', 'every day at 07:00'],
    ['0 7 * * MON', 'every Monday at 07:00'],
    ['0 7 * * 1,3,5', 'every Monday, Wednesday and Friday at 07:00'],
    ['0 7 * * TUE-THU', 'every day from Tuesday to Thursday at 07:00'],
    ['0 7 * * THU-SUN', 'every day from Thursday to Sunday at 07:00'],
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['5-59/15 * * * *', 'every 15 minutes'],
    ['*/15 8-17 * * 1-5', 'every weekday, every 15 minutes from 08:00 to 17:45'],
    ['* 8,9,20 * * *', 'every minute from 08:00 to 09:59 and from 20:00 to 20:59'],
    ['*/7 9 * * *', 'at 0, 7, 14, 21, 28, 35, 42, 49 and 56 minutes past 09:00'],
    ['5,17,40 * * * *', 'at 5, 17 and 40 minutes past every hour'],
    ['5,17,40 1,8-11 * * *', 'at 5, 17 and 40 minutes past 01:00 and 08:00 to 11:00'],
    ['0 * * * *', 'every hour'],
    ['@hourly', 'every hour'],
    ['20 * * * *', 'every hour at 20 past'],
    ['0 */2 * * *', 'every 2 hours'],
    ['10 */6 * * MON', 'every Monday, every 6 hours at 10 past'],
    ['0 8-18 * * 1-5', 'every weekday, every hour from 08:00 to 18:00'],
    ['0 0,12 * * *', 'every day at 00:00 and 12:00'],
    ['@daily', 'every day at 00:00'],
    ['@weekly', 'every Sunday at 00:00'],
    ['@monthly', 'on the 1st of the month at 00:00'],
    ['@yearly', 'on the 1st of January at 00:00'],
    ['0 3 1,15 * *', 'on the 1st and the 15th of the month at 03:00'],
    ['0 3 2-5,23 * *', 'on the 2nd to the 5th and the 23rd of the month at 03:00'],
    ['0 3 L * *', 'on the last day of the month at 03:00'],
    ['0 3 1,L 1,7 *', 'on the 1st and the last day of January and July at 03:00'],
    ['0 3 * 5-9 *', 'every day in May to September at 03:00'],
    ['0 3 * 7 MON', 'every Monday in July at 03:00'],
    ['0 3 * * FRIL', 'on the last Friday of the month at 03:00'],
    ['0 3 * * MON#2', 'on the 2nd Monday of the month at 03:00'],
    ['0 3 * * MON#1,THU', 'every Thursday and on the 1st Monday of the month at 03:00'],
    ['0 3 1 * MON', 'on the 1st of the month and every Monday at 03:00'],
    ['0 3 1-31 * MON', 'every day at 03:00'],
    ['0 3 */2 * *', 'every 2nd day of the month at 03:00'],
  ])('%s: %s', (expression, words) => {
    expect(inWords(expression)).toBe(words)
  })

  it('names what H stands for', () => {
    expect(inWords('H H(0-5) * * *', 'team-a/backup')).toMatch(/^every day at 0[0-5]:[0-5]\d$/)
  })

  it.each([
    ['Europe/Berlin', ' in Berlin'],
    ['America/Argentina/Buenos_Aires', ' in Buenos Aires'],
    ['UTC', ' UTC'],
    ['Etc/GMT+3', ' Etc/GMT+3'],
  ])('says where its times are: %s', (zone, words) => {
    expect(zoneWords(zone)).toBe(words)
  })
})
