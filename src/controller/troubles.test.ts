import { describe, expect, test } from 'vitest'
import { faultOf } from '../../test/builders/targets.ts'
import { FaultError } from '../api/fault.ts'
import { Troubles } from './troubles.ts'

const unreachable = new FaultError(faultOf('Transient', { reason: 'Unreachable' }))
const mistake = new Error('a mistake of ours')

describe('a task of which something could not be done', () => {
  test.each([
    ['whatever goes wrong: later each time, half a minute at most', mistake, [1, 2, 4, 8, 16, 30, 30]],
    ['when nobody answers: often enough to notice when somebody does', unreachable, [1, 2, 4, 4, 4]],
  ])('%s', (_, error, seconds) => {
    const troubles = new Troubles()
    expect(seconds.map(() => troubles.add('team-a/one', error) / 1000)).toEqual(seconds)
  })

  test('of thousands each asks more rarely', () => {
    const troubles = new Troubles()
    for (let n = 0; n < 500; n++) troubles.add(`team-a/${n}`, unreachable)
    for (let time = 0; time < 6; time++) troubles.add('team-a/1', unreachable)
    expect(troubles.add('team-a/1', unreachable)).toBe(20_000)
  })

  test('waits no longer once another one got an answer, unless it failed by itself', () => {
    const troubles = new Troubles()
    troubles.add('team-a/one', unreachable)
    troubles.add('team-a/two', mistake)
    expect(troubles.over('team-a/three')).toEqual(['team-a/one'])
    expect(troubles.over('team-a/three')).toEqual([])
    expect(troubles.add('team-a/two', mistake)).toBe(2000)
  })

  test('is hopeless after some failures, but never because nobody answers', () => {
    const troubles = new Troubles()
    for (let time = 0; time < 16; time++) {
      troubles.add('team-a/one', unreachable)
      troubles.add('team-a/two', mistake)
    }
    troubles.add('team-a/one', mistake)
    expect(['team-a/one', 'team-a/two', 'team-a/three'].map(key => troubles.isHopeless(key))).toEqual([
      false,
      true,
      false,
    ])
  })
})
