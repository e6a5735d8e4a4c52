import { describe, expect, test } from 'vitest'
import { faultOf } from '../../test/builders/targets.ts'
import { FaultError } from '../api/fault.ts'
import { Troubles } from './troubles.ts'

const unreachable = new FaultError(faultOf('Transient', { reason: 'Unreachable' }))
const mistake = new Error('a mistake of ours')
const names = Array.from({ length: 2000 }, (_, n) => `team-a/${n}`)

describe('a task of which something could not be done', () => {
  test('is tried again later each time, half a minute at most', () => {
    const troubles = new Troubles()
    const seconds = [1, 2, 4, 8, 16, 30, 30]
    expect(seconds.map(() => troubles.add('team-a/one', mistake, 0) / 1000)).toEqual(seconds)
  })

  test('when nobody answers is tried again soon, as often as it takes', () => {
    const troubles = new Troubles()
    let now = 0
    for (let time = 0; time < 100; time++) {
      const wait = troubles.add('team-a/one', unreachable, now)
      expect(wait).toBe(2000)
      now += wait
    }
  })

  test('waits no longer once another one got an answer, unless it failed by itself', () => {
    const troubles = new Troubles()
    troubles.add('team-a/one', unreachable, 0)
    troubles.add('team-a/two', mistake, 0)
    expect(troubles.answered()).toEqual(['team-a/one'])
    expect(troubles.answered()).toEqual([])
    expect(troubles.wait('team-a/one', 0)).toBe(0)
    expect(troubles.add('team-a/two', mistake, 0)).toBe(2000)
  })

  test('is hopeless after some failures, but never because nobody answers', () => {
    const troubles = new Troubles()
    for (let time = 0; time < 16; time++) {
      troubles.add('team-a/one', unreachable, 0)
      troubles.add('team-a/two', mistake, 0)
    }
    troubles.add('team-a/one', mistake, 0)
    expect(['team-a/one', 'team-a/two', 'team-a/three'].map(key => troubles.isHopeless(key))).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe('thousands of tasks', () => {
  test('ask one after the other while nobody answers, also those that become due meanwhile', () => {
    const troubles = new Troubles()
    const next = new Map(names.map(name => [name, 0]))
    const asked: number[] = []
    for (let now = 0; now < 60_000; now += 100) {
      for (const [name, when] of next) {
        if (when > now) continue
        const wait = troubles.wait(name, now)
        if (wait === 0) asked.push(now)
        next.set(name, now + (wait || troubles.add(name, unreachable, now)))
      }
    }
    expect(asked).toEqual(Array.from({ length: 30 }, (_, n) => n * 2000))
  })

  test('ask at once while somebody answers, whatever goes wrong with one of them', () => {
    const troubles = new Troubles()
    troubles.add('team-a/0', mistake, 0)
    expect(names.filter(name => troubles.wait(name, 0) > 0)).toEqual([])
  })
})
