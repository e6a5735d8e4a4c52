import { describe, expect, it } from 'vitest'
import { Errands } from './errands.ts'

describe('errands', () => {
  function setUp(onTurn: (errands: Errands, key: string) => void) {
    const turns: string[] = []
    const errands: Errands = new Errands(key => {
      turns.push(key)
      onTurn(errands, key)
    })
    return { errands, turns }
  }
  const keys = Array.from({ length: 20 }, (_, n) => `team-a/task-${n}`)
  const [first = '', second = ''] = keys

  it('are sixteen at once; who came next goes next', () => {
    const { errands, turns } = setUp((errands, key) => void errands.begin(key, 'Usual'))
    expect(keys.filter(key => errands.begin(key, 'Usual'))).toEqual(keys.slice(0, 16))
    errands.end(second, 'Usual')
    errands.end(first, 'Usual')
    expect(turns).toEqual([keys[16], keys[17]])
    expect(errands.isUnderWay(second)).toBe(false)
    expect(errands.isUnderWay(keys[16] ?? '')).toBe(true)
  })

  it('that runs wait for do not stand behind those of ten thousand new tasks', () => {
    const { errands } = setUp(() => undefined)
    for (const key of keys) errands.begin(key, 'Usual')
    expect(errands.begin('team-b/task', 'ForRun')).toBe(true)
  })

  it('that only tell are two at once, and take no place of the others', () => {
    const { errands } = setUp(() => undefined)
    expect(keys.filter(key => errands.begin(key, 'News'))).toEqual(keys.slice(0, 2))
    expect(errands.begin('team-b/task', 'Usual')).toBe(true)
  })

  it('give the place to whoever is next when one has nothing to do any more', () => {
    const { errands, turns } = setUp((errands, key) => void (key === keys[4] && errands.begin(key, 'News')))
    for (const key of keys) errands.begin(key, 'News')
    errands.end(first, 'News')
    expect(turns).toEqual(keys.slice(2, 5))
  })

  it('are forgotten with whatever they were for', () => {
    const { errands, turns } = setUp((errands, key) => void errands.begin(key, 'News'))
    for (const key of keys.slice(0, 4)) errands.begin(key, 'News')
    errands.forget(keys[2] ?? '')
    errands.end(first, 'News')
    expect(turns).toEqual([keys[3]])
  })
})
