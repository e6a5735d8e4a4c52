import { describe, expect, it } from 'vitest'
import { checkZone } from './zone.ts'

describe('a time zone', () => {
  it.each([
    'UTC',
    'Etc/UTC',
    'Europe/Berlin',
    'America/Argentina/Buenos_Aires',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Port-au-Prince',
    'Etc/GMT+3',
    'EST5EDT',
    'EST',
    'GMT',
    'GB',
    'NZ-CHAT',
    'W-SU',
    'Europe/Kyiv',
    'Antarctica/DumontDUrville',
  ])('%s is an IANA name', name => {
    expect(() => checkZone(name)).not.toThrow()
  })

  it.each([
    '',
    'Local',
    'localtime',
    'Factory',
    '+01:00',
    '-0300',
    '2',
    ' Europe/Berlin',
    'Europe/ Berlin',
    'Europe//X',
  ])("'%s' is refused as no name of a zone", name => {
    expect(() => checkZone(name)).toThrow(
      `'${name}' must be an IANA time zone name such as Europe/Berlin, Etc/GMT+3 or UTC`,
    )
  })

  it.each([
    'Europe/Atlantis',
    'Mars',
    'europe/berlin',
    'utc',
    'EUROPE/BERLIN',
    'posix/Europe/Berlin',
    'asia/kolkata',
    'ASIA/KOLKATA',
    'us/eastern',
    'gmt',
  ])('%s is refused as unknown, upper and lower case included', name => {
    expect(() => checkZone(name)).toThrow(`'${name}' is not in this operator's time zone data`)
  })

  it.each(['IST', 'PST', 'AST', 'SystemV/EST5'])('%s is refused: only the runtime knows it', name => {
    expect(() => checkZone(name)).toThrow(`'${name}' is not in this operator's time zone data`)
  })
})
