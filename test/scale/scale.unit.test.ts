import { describe, expect, it } from 'vitest'
import { median, quantile } from '../bench/statistics.ts'
import { answer, MEASURED_OVER_FLOOR, overFloorOf, SLEEP } from './answers.ts'
import { FAIL_OVER, IN_WRITES, ROTA, WRITE } from './costs.ts'
import { dueIn, evenings, fullest } from './fleet.ts'
import { measure } from './in-process.ts'
import { leaseTraffic } from './leases.ts'
import { type Due, rush } from './rush.ts'
import { busy, fleetFor, runsASecond } from './sizing.ts'
import { jsonBytes } from './sleeper.ts'
import { tableOf, time } from './table.ts'

const ALONE = { processes: 1, watchers: 0, cores: 2, shape: { reads: 1, patches: 0, looks: 0 } }
const atOnce = (count: number, processes = 1): readonly Due[] =>
  Array.from({ length: count }, (_, n) => ({ at: 0, process: n % processes }))

describe('a rush', () => {
  it('one that is due alone is late by its claim, and done after all that it asks for', () => {
    const { lateness, end } = rush({ ...ALONE, due: [{ at: 5_000, process: 0 }] })
    expect(lateness[0]).toBeCloseTo(ROTA.run + ROTA.request + WRITE)
    expect(end - 5_000).toBeGreaterThan(ROTA.run + (2 + IN_WRITES.read) * WRITE)
    expect(end - 5_000).toBeLessThan(ROTA.run + (2 + IN_WRITES.read) * WRITE + 1)
  })

  it('many take as long as the API server needs for them, with twice the cores half of it', () => {
    const [two, four] = [2, 4].map(cores => rush({ ...ALONE, cores, due: atOnce(2_000) }).end / 1000)
    expect(two).toBeCloseTo(2_000 / runsASecond(2, ALONE.shape, 0), 1)
    expect(four).toBeCloseTo(2_000 / runsASecond(4, ALONE.shape, 0), 1)
  })

  it('a process is the limit when the API server has room for more than it can do', () => {
    const many = { ...ALONE, cores: 64, shape: SLEEP }
    const [one, four] = [1, 4].map(processes => rush({ ...many, processes, due: atOnce(4_000, processes) }).end)
    expect(one).toBeGreaterThan(3 * (four ?? 0))
  })

  it('is as late as the benchmark measured on a real API server, within a tenth', () => {
    const modelled = median([500, 1_000].map(overFloorOf))
    expect(modelled / MEASURED_OVER_FLOOR).toBeGreaterThan(0.9)
    expect(modelled / MEASURED_OVER_FLOOR).toBeLessThan(1.1)
  })

  it.each([1, 4])('of %i replicas one is killed: its tasks run once others have it, and none is lost', processes => {
    const due = Array.from({ length: 4_000 }, (_, n) => ({ at: 10 * n, process: n % processes }))
    const crash = { at: 10_000, takenOverAfter: FAIL_OVER }
    const { lateness } = rush({ ...ALONE, processes, due, crash })
    const ofKilled = [...lateness].filter((_, n) => n % processes === 0)
    expect([...lateness].every(late => late > 0)).toBe(true)
    expect(Math.max(...ofKilled)).toBeGreaterThan(FAIL_OVER - 100)
    expect(Math.max(...ofKilled)).toBeLessThan(FAIL_OVER + 5_000)
    expect(
      quantile(
        [...lateness].filter((_, n) => n % 4 === 1 && processes > 1),
        1,
      ) || 0,
    ).toBeLessThan(1_000)
  })
})

describe('an evening', () => {
  it('comes at 20:00 where its tasks are, the largest one first', () => {
    expect(evenings(1_000).map(({ zone, slot, count }) => [zone, new Date(slot).toISOString(), count])).toEqual([
      ['Europe/Berlin', '2026-11-24T19:00:00.000Z', 300],
      ['America/New_York', '2026-11-25T01:00:00.000Z', 180],
      ['Asia/Kolkata', '2026-11-24T14:30:00.000Z', 120],
    ])
  })

  it('is spread by jitter, and over all processes by the hash', () => {
    const [evening] = evenings(2_000)
    if (!evening) throw new Error('there must be one')
    expect(new Set(dueIn(evening, 0, [0]).map(({ at }) => at))).toEqual(new Set([0]))
    const due = dueIn(evening, 900, [0, 1, 0, 1])
    expect(due.map(({ at }) => at)).toEqual(due.map(({ at }) => at).toSorted((a, b) => a - b))
    expect(due.at(-1)?.at).toBeGreaterThan(800_000)
    expect(due.at(-1)?.at).toBeLessThanOrEqual(900_000)
    expect(new Set(due.map(({ process }) => process))).toEqual(new Set([0, 1]))
  })

  it('shards are uneven by little', () => {
    expect(fullest(100_000, 1)).toBe(1)
    expect(fullest(100_000, 12)).toBeGreaterThan(1)
    expect(fullest(100_000, 12)).toBeLessThan(1.1)
  })
})

describe('what it takes', () => {
  it.each([2, 16])('replicas have time to spare with %i cores, and one fewer would not', cores => {
    const { replicas, watchers } = fleetFor(cores, SLEEP)
    const runs = runsASecond(cores, SLEEP, watchers)
    expect(busy(runs, replicas, SLEEP)).toBeLessThanOrEqual(0.8)
    if (replicas > 1) expect(busy(runs, replicas - 1, SLEEP)).toBeGreaterThan(0.8)
  })

  it('each lease is renewed every two seconds, and looked at twice a second by all others', async () => {
    expect(await leaseTraffic(2, 1)).toEqual({ reads: 2, writes: 0.5 })
    // With more than one shard each looks once a second how many there are.
    expect(await leaseTraffic(3, 6)).toEqual({ reads: 2 * 6 * 2 + 3, writes: 3 })
  })

  it('a short history makes a task less than half as large', () => {
    expect(jsonBytes(1)).toBeLessThan(jsonBytes(10) / 2)
    expect(jsonBytes(10)).toBeLessThan(16 * 1024)
  })

  it('a process is measured: news of its own writes are cheaper than those of others', async () => {
    const { ownNews, othersNews, run } = await measure(1_000)
    expect(ownNews).toBeLessThan(othersNews)
    expect(run).toBeGreaterThan(0)
  })

  it('is a table with a column for each size', async () => {
    const small = await answer({ tasks: 1_000, cores: 2 })
    const lines = tableOf([small.answer, small.answer]).split('\n')
    expect(lines.every(line => line.split('|').length === 5)).toBe(true)
    expect(lines.join('\n')).not.toContain('NaN')
  })

  it.each([
    [0.0452, '45 ms'],
    [8.24, '8.2 s'],
    [77.7, '78 s'],
    [135, '2.3 min'],
    [1_500, '25 min'],
  ])('%d s are %s', (seconds, words) => {
    expect(time(seconds)).toBe(words)
  })
})
