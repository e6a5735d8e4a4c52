import { describe, expect, it } from 'vitest'
import { apiOf } from '../../test/builders/rest.ts'
import { task } from '../../test/builders/task.ts'
import { taskViews } from './task-views.ts'

describe('the views of many tasks', () => {
  const many = Array.from({ length: 1000 }, (_, n) => task({ name: `task-${n}` }))

  it('are all there, in order, and meanwhile others have their turn', async () => {
    let turns = 0
    const turn = () => void (++turns && setImmediate(turn).unref())
    setImmediate(turn)
    const views = await taskViews(apiOf(), many, new AbortController().signal)
    expect(views.map(({ name }) => name)).toEqual(many.map(({ name }) => name))
    expect(turns).toBeGreaterThanOrEqual(9)
  })

  it('are not made for whoever has gone', async () => {
    const gone = new AbortController()
    setImmediate(() => gone.abort(new Error('gone')))
    let made = 0
    const counted = function* () {
      for (const one of many) {
        made++
        yield one
      }
    }
    await expect(taskViews(apiOf(), counted(), gone.signal)).rejects.toThrow('gone')
    expect(made).toBeLessThan(many.length)
  })
})
