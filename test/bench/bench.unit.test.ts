import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AuditEvent } from '../harness/audit.ts'
import { asInTheImage } from './as-in-the-image.ts'
import { distrust, rateOf } from './calibration.ts'
import { atLeast, atMost, type Figure, shown, tableOf } from './figures.ts'
import { flameGraph, framesOf } from './flame.ts'
import { overFloor } from './loads/due.ts'
import { instantIn, ROTA, runsIn, statusWrites, trafficOf, writesOn } from './log.ts'
import { nightFigures } from './peers/night-figures.ts'
import { notGiven } from './peers/sleeping.ts'
import { decades, svgOf, ticks } from './plot.ts'
import { cpuIn, statusIn } from './process-usage.ts'
import { changeIn, type Nights } from './sleepers.ts'
import { distribution, drift, exponent, median, quantile, rates, spread } from './statistics.ts'
import { counting } from './tail.ts'

describe('statistics', () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0, 1],
    [[1, 2, 3, 4, 5], 1, 5],
    [[10, 20], 0.99, 19.9],
  ])('the quantile of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected)
  })

  it('the spread is a share of the median, and drift one of the first', () => {
    expect(median([9, 10, 12])).toBe(10)
    expect(spread([9, 10, 12])).toBeCloseTo(0.3)
    expect(drift(800, 720)).toBeCloseTo(0.1)
    expect(drift(720, 800)).toBeCloseTo(0.111)
  })

  it('a distribution has the last value, and no more points than asked for but the first', () => {
    expect(distribution([4, 1, 3, 2])).toEqual([
      [1, 0.25],
      [2, 0.5],
      [3, 0.75],
      [4, 1],
    ])
    const many = distribution(
      Array.from({ length: 1000 }, (_, n) => n),
      10,
    )
    expect(many.length).toBe(11)
    expect(many.at(-1)).toEqual([999, 1])
  })

  it('rates count from the first instant on, also where nothing was', () => {
    expect(rates([5, 5.5, 8], 1)).toEqual([
      [0, 2],
      [1, 0],
      [2, 0],
      [3, 1],
    ])
    expect(rates([], 1)).toEqual([])
  })

  it.each([
    ['flat', [7, 7, 7], 0],
    ['linear', [1, 10, 100], 1],
    ['as the root', [1, Math.sqrt(10), 10], 0.5],
  ])('the exponent of what grows %s', (_, values, expected) => {
    expect(exponent(values.map((y, n) => [10 ** n, y] as const))).toBeCloseTo(expected)
  })
})

describe('the audit log', () => {
  const event = (change: Partial<AuditEvent>): AuditEvent => ({
    auditID: '1',
    level: 'Metadata',
    verb: 'update',
    requestURI: '/',
    user: { username: ROTA },
    objectRef: { resource: 'scheduledtasks', subresource: 'status', namespace: 'a', name: 'b' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-11-26T02:00:00.000000Z',
    stageTimestamp: '2026-11-26T02:00:00.001250Z',
    stage: 'ResponseComplete',
    ...change,
  })
  const at = (text: string) => Date.parse(text)

  it.each([
    ['2026-11-26T02:00:00.123456Z', at('2026-11-26T02:00:00Z') + 123.456],
    ['2026-11-26T02:00:00.5Z', at('2026-11-26T02:00:00Z') + 500],
    ['2026-11-26T02:00:00Z', at('2026-11-26T02:00:00Z')],
  ])('%s is read to the microsecond', (text, expected) => {
    expect(instantIn(text)).toBeCloseTo(expected, 3)
  })

  it('writes are those that were carried out, of that user and on that subresource', () => {
    const log = [
      event({}),
      event({ responseStatus: { code: 409 } }),
      event({ user: { username: 'admin' } }),
      event({ verb: 'get' }),
      event({ verb: 'patch', objectRef: { resource: 'deployments', namespace: 'a', name: 'web' } }),
    ]
    const written = { received: at('2026-11-26T02:00:00Z'), answered: at('2026-11-26T02:00:00Z') + 1.25 }
    expect(statusWrites(log)).toEqual([{ key: 'a/b', ...written }])
    expect(writesOn(log, 'deployments')).toEqual([{ key: 'a/web', ...written }])
  })

  it('the last write of a status is the record, the one before it the claim, whatever their order in the log', () => {
    const write = (key: string, answered: number) => ({ key, received: answered - 1, answered })
    const waited = [write('c', 1), write('c', 15), write('c', 18)]
    expect(runsIn([write('a', 30), write('b', 20), write('a', 10), ...waited])).toEqual([
      { key: 'c', claimed: 15, recorded: 18 },
      { key: 'a', claimed: 10, recorded: 30 },
      { key: 'b', claimed: 20, recorded: undefined },
    ])
  })

  it('traffic counts requests by kind, conflicts, and leases apart', () => {
    const traffic = trafficOf([
      event({}),
      event({ responseStatus: { code: 409 } }),
      event({ objectRef: { resource: 'leases' } }),
      event({ verb: 'watch', stage: 'ResponseStarted' }),
      event({ user: { username: 'admin' } }),
    ])
    expect(traffic).toMatchObject({ total: 2, conflicts: 1, leases: 1 })
    expect([...traffic.requests]).toEqual([['update scheduledtasks/status', 2]])
  })

  it('a sleep takes from when it was asked for until the last Deployment is changed, by whomever it was asked to', () => {
    const moment = (second: number) => `2026-11-26T02:00:0${second}.000000Z`
    const request = (username: string, verb: string, second: number, change: Partial<AuditEvent> = {}) =>
      event({
        user: { username },
        verb,
        objectRef: { resource: 'deployments', namespace: 'a', name: `app-${second}` },
        requestReceivedTimestamp: moment(second),
        stageTimestamp: moment(second + 1),
        ...change,
      })
    const log = [
      request('admin', 'list', 0),
      request('admin', 'patch', 1, { objectRef: { resource: 'namespaces', name: 'a' } }),
      request('peer', 'list', 2),
      request('peer', 'update', 3),
      request('controller', 'update', 6),
      request('peer', 'update', 4, { responseStatus: { code: 409 } }),
      request('peer', 'update', 5),
    ]
    expect(changeIn(log, 'peer', 'update')).toEqual({ took: 5000, work: 3000, requests: 4 })
  })

  it('what is added to it is counted once, also what was half written at a look', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rota-bench-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'audit.log')
    writeFileSync(file, 'before /status\n')
    const count = counting(file, 'before /status\n'.length, '/status')
    expect(count()).toBe(0)
    appendFileSync(file, 'a /status b /status\nc /sta')
    expect(count()).toBe(2)
    appendFileSync(file, 'tus\n')
    expect([count(), count()]).toEqual([3, 3])
  })
})

describe('the process', () => {
  it('time on a processor is the first number of schedstat, in nanoseconds', () => {
    expect(cpuIn('1500000000 20000 300\n')).toBe(1500)
  })

  it('memory and wake-ups are in its status', () => {
    const status =
      'Name:\tnode\nVmHWM:\t   2048 kB\nVmRSS:\t    1024 kB\nvoluntary_ctxt_switches:\t77\nnonvoluntary_ctxt_switches:\t5\n'
    expect(statusIn(status)).toEqual({ resident: 1024 * 1024, peak: 2 * 1024 * 1024, wakeUps: 77 })
  })
})

describe('what is made of it', () => {
  it('C is counted from the first request to the last answer', () => {
    const write = (received: number, answered: number) => ({ key: 'a', received, answered })
    expect(rateOf([write(100, 105), write(101, 600), write(102, 107)])).toBe(6)
  })

  it.each([
    [[800, 760], []],
    [[800, 700], [/DISCARDED, a, b: C was 800 writes a second before and 700 after, which is 13 % apart/]],
    [[700, 800], [/DISCARDED, a, b: /]],
    [[800, 790, 600], [/DISCARDED, c: C was 790 writes a second before and 600 after/]],
  ])('C was %j', (all, expected) => {
    const calibrations = all.map(c => ({ c, rounds: [] }))
    const turns = [['a', 'b'], ['c']].slice(0, all.length - 1)
    expect(distrust(calibrations, turns)).toEqual(expected.map(words => expect.stringMatching(words)))
  })

  it('the k-th of n tasks is held against what k runs cost at least', () => {
    // Each tenth of ten takes one more; 2 writes at 1,000 a second are 2 ms.
    const lateness = Array.from({ length: 10 }, (_, n) => (n + 1) * 3)
    expect(overFloor(lateness, 1_000)).toEqual(Array(10).fill(1.5))
  })

  it.each([
    [1234.5, '1235'],
    [12.345, '12.3'],
    [1.2345, '1.23'],
    [0.01234, '0.0123'],
    [0, '0'],
    [Number.NaN, 'unknown'],
  ])('%d is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text)
  })

  it('the table says by the median whether a target is met', () => {
    const figure: Figure = { what: 'lateness', target: '≤ 1.15 ×', unit: '×', values: [1, 1.1, 1.3] }
    const table = tableOf([
      { ...figure, reaches: atMost(1.15) },
      { ...figure, reaches: atLeast(1.15), note: 'why' },
      { ...figure, target: '', values: [5] },
    ])
    expect(table.split('\n')).toEqual([
      '| what | target | measured | spread |  | note |',
      '| --- | --- | --- | --- | --- | --- |',
      '| lateness | ≤ 1.15 × | 1.10 × | ± 13.6 % of 3 | met |  |',
      '| lateness | ≤ 1.15 × | 1.10 × | ± 13.6 % of 3 | not met | why |',
      '| lateness |  | 5.00 × | one round |  |  |',
    ])
  })
})

describe('peers', () => {
  const change = (took: number) => ({ took, work: took / 2, requests: 500 })
  const nights = (...took: number[]): Nights => ({
    nights: took.map(each => ({ sleep: change(each), wake: change(each * 2) })),
    rest: 50e6,
    most: 100e6,
  })
  const theSame = (rota?: Nights) =>
    nightFigures('peer', nights(30_000), rota, 'it waits').filter(({ what }) => what.startsWith('the same'))

  it('what a peer needs stands beside what Rota needed', () => {
    const [sleep, byRota] = nightFigures('peer', nights(30_000, 40_000), nights(2_000, 1_000, 3_000), 'it waits')
    expect(sleep).toMatchObject({ what: 'peer: sleep, asked for → last one', values: [30, 40], note: 'it waits' })
    expect(byRota).toMatchObject({ unit: '×', values: [15, 20], note: 'Rota 2.00 s' })
  })

  it('and alone where Rota has not done the same', () => {
    expect(theSame(nights(1_000)).length).toBe(7)
    expect(theSame()).toEqual([])
  })

  it('what is left out says how it is given', () => {
    const needs = { PEER_X: 'its binary', PEER_X_CRD: 'the file with its CRD' }
    expect(notGiven({ name: 'x', needs })).toBe(
      'x, which is not given: PEER_X=its binary PEER_X_CRD=the file with its CRD',
    )
  })
})

describe('plots', () => {
  it.each([
    [
      [0, 100],
      [0, 20, 40, 60, 80, 100],
    ],
    [
      [3, 7],
      [0, 2, 4, 6, 8],
    ],
    [
      [-4, 4],
      [-4, -2, 0, 2, 4],
    ],
    [[], [0]],
  ])('the axis of %j is %j', (values, expected) => {
    expect(ticks(values)).toEqual(expected)
  })

  it.each([
    [
      [3, 70],
      [1, 10, 100],
    ],
    [[0.02], [0.01, 0.1]],
    [[10], [10, 100]],
    [[], [1, 10]],
  ])('the powers of ten around %j are %j', (values, expected) => {
    expect(decades(values).map(value => Number(value.toPrecision(3)))).toEqual(expected)
  })

  it('a line goes through the points of a series, and names are escaped', () => {
    const series = [{ name: 'a < b', points: [[0, 0] as const, [10, 100] as const] }]
    const svg = svgOf({ title: 'x & y', x: 'x', y: 'y', series })
    expect(svg).toContain('<polyline points="70.0,370.0 550.0,40.0"')
    expect(svg).toContain('a &lt; b')
    expect(svg).toContain('x &amp; y')
  })

  it('what is not above 0 has no place on a logarithmic axis', () => {
    const series = [{ name: 'a', points: [[0, 0] as const, [10, 1] as const] }]
    expect(svgOf({ title: '', x: '', y: '', series, logarithmic: true })).toContain('points="70.0,40.0"')
  })
})

it('a flame graph takes the calls of one function from one place together, and leaves idleness out', () => {
  const node = (id: number, functionName: string, children: readonly number[] = []) => {
    return { id, callFrame: { functionName }, children }
  }
  const nodes = [
    node(1, '(root)', [2, 3, 5]),
    node(2, 'work', [4]),
    node(3, 'work'),
    node(4, 'write'),
    node(5, '(idle)'),
  ]
  const frames = framesOf({ nodes, samples: [2, 3, 4, 5, 4], timeDeltas: [1000, 2000, 3000, 9000, 4000] })
  const write = { name: 'write', own: 7, total: 7, calls: [] }
  const work = { name: 'work', own: 3, total: 10, calls: [write] }
  expect(frames).toEqual({ name: 'all', own: 0, total: 10, calls: [work] })
  expect(flameGraph(frames)).toContain('write: 70.0 %, 7 ms, 7 of them itself')
})

it('Rota is measured as the image starts it', () => {
  const { nodeFlags, env } = asInTheImage()
  expect(nodeFlags).toEqual([expect.stringMatching(/^--max-semi-space-size=\d+$/)])
  expect(Object.keys(env).sort()).toEqual(['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'])
})
