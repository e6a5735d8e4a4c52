import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { captured } from '../../test/builders/captured.ts'
import { expressionsNear } from '../../test/builders/expressions.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { minuteOracle } from '../../test/builders/minute-oracle.ts'
import { seed } from '../../test/builders/seed.ts'

const NOW = Date.parse('2026-11-24T04:00:00Z')
const rota = (...words: readonly string[]) => captured({ clock: new FakeClock(NOW) }, ...words)

describe('rota next', () => {
  it('gives the next instants as a JSON array, in UTC', async () => {
    expect(await rota('next', '0 20 * * 1-5', '--time-zone', 'Europe/Berlin', '-n', '3', '-o', 'json')).toEqual({
      status: 0,
      out: '["2026-11-24T19:00:00Z","2026-11-25T19:00:00Z","2026-11-26T19:00:00Z"]\n',
      err: '',
    })
  })

  it('shows people the schedule in words, local time, UTC, how long it takes, and when the clocks are set', async () => {
    const from = ['--from', '2027-03-27T00:00:00Z', '-n', '2']
    const { out } = await rota('next', '30 2 * * *', '--time-zone', 'Europe/Berlin', ...from)
    expect(out).toBe(
      [
        'every day at 02:30 in Berlin',
        '',
        'DAY   EUROPE/BERLIN               UTC                    WHEN',
        'Sat   2027-03-27T02:30:00+01:00   2027-03-27T01:30:00Z   in 122 d',
        'Sun   2027-03-28T03:00:00+02:00   2027-03-28T01:00:00Z   in 123 d   clocks were set from +01:00 to +02:00',
        '',
      ].join('\n'),
    )
  })

  it('follows the policies and picks H by the name of the task', async () => {
    const spring = [
      '30 2 * * *',
      '--time-zone',
      'Europe/Berlin',
      '--from',
      '2027-03-27T12:00:00Z',
      '-n',
      '1',
      '-o',
      'json',
    ]
    expect((await rota('next', ...spring)).out).toBe('["2027-03-28T01:00:00Z"]\n')
    expect((await rota('next', ...spring, '--skipped-time', 'Skip')).out).toBe('["2027-03-29T00:30:00Z"]\n')
    const hashed = ['next', 'H H * * *', '-n', '1', '-o', 'json', '--hash-key']
    expect((await rota(...hashed, 'team-a/nights-off')).out).toBe('["2026-11-24T05:55:00Z"]\n')
    expect((await rota(...hashed, 'team-a/other')).out).not.toBe('["2026-11-24T05:55:00Z"]\n')
    const inWords = await rota('next', 'H H * * *', '--hash-key', 'team-a/nights-off')
    expect(inWords.out).toMatch(/^every day at 05:55 UTC\n\nDAY /)
  })

  it.each([
    [['0 25 * * *'], "hour (2nd field) '25' is not valid: 25 is not in range; use 0-23"],
    [['0 8 * * *', '--time-zone', 'Berlin'], "'Berlin' is not in this operator's time zone data"],
    [['0 8 * * *', '--from', 'now'], '--from=now: must be an RFC 3339 time such as 2026-11-24T04:00:00Z'],
    [['0 8 * * *', '-n', '0'], '-n 0: must be a whole number from 1 to 10000'],
    [['0 8 * * *', '--skipped-time', 'Later'], '--skipped-time=Later: must be one of RunAfter, Skip'],
    [['H 8 * * *'], 'say which one, as namespace/name (--hash-key namespace/name)'],
    [['H 8 * * *', '--hash-key', 'a'], '--hash-key=a: must be namespace/name'],
    [['0 0 31 2 *'], "'0 0 31 2 *' names a date that never comes"],
    [['0 8 * * *', '-o', 'yaml'], "argument 'yaml' is invalid. Allowed choices are text, json."],
    [[], "missing required argument 'cron'"],
  ])('%j is refused in one line, with status 2', async (words, message) => {
    const { status, out, err } = await rota('next', ...words)
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).toMatch(/^rota: .*\n$/)
  })

  it('agrees with counting every minute', async () => {
    const zones = [
      ['Europe/Berlin', '2026-10-25T01:00:00Z'],
      ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
      ['Pacific/Apia', '2011-12-30T10:00:00Z'],
    ] as const
    const random = seed()
    for (const [index, [zone, change]] of zones.entries()) {
      const from = Date.parse(change) - 30 * 3_600_000
      const until = from + 60 * 3_600_000
      const oracle = minuteOracle(zone, from, until)
      const property = fc.asyncProperty(
        expressionsNear(change.slice(0, 19)),
        fc.constantFrom('RunAfter', 'Skip'),
        fc.constantFrom('First', 'Last', 'Both'),
        async (expression, skippedTime, repeatedTime) => {
          const expected = oracle
            .slots(expression, { skippedTime, repeatedTime })
            .map(at => new Date(at).toISOString().replace('.000', ''))
          const policy = ['--skipped-time', skippedTime, '--repeated-time', repeatedTime]
          const since = ['--from', new Date(from - 1).toISOString(), '-n', String(expected.length + 1), '-o', 'json']
          const { status, out, err } = await rota('next', expression, '--time-zone', zone, ...policy, ...since)
          if (status !== 0) {
            expect(err).toMatch(/never comes|names only times/)
            return
          }
          const found = (JSON.parse(out) as string[]).filter(at => Date.parse(at) < until)
          expect(found).toEqual(expected)
        },
      )
      await fc.assert(property, { seed: random + index, numRuns: 40 })
    }
  }, 60_000)
})
