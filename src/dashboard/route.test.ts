import { describe, expect, it } from 'vitest'
import { overviewAddress, routeOf, taskAddress } from './route.ts'

const NO_FILTER = { text: '', namespace: '', state: '' }

describe('addresses', () => {
  it.each([
    ['', { page: 'Overview', filter: NO_FILTER }],
    ['#/', { page: 'Overview', filter: NO_FILTER }],
    ['#/?state=failing&text=a+b', { page: 'Overview', filter: { ...NO_FILTER, state: 'failing', text: 'a b' } }],
    ['#/team-a/nights-off', { page: 'Task', id: 'team-a/nights-off', run: undefined }],
    ['#/team-a/nights-off?run=abc', { page: 'Task', id: 'team-a/nights-off', run: 'abc' }],
    ['#/team-a/%E0%A4%A', { page: 'Task', id: 'team-a/%E0%A4%A', run: undefined }],
    ['#/only-one-part', { page: 'Overview', filter: NO_FILTER }],
  ])('%s', (hash, route) => {
    expect(routeOf(hash)).toEqual(route)
  })

  it('lead back to where they are from', () => {
    expect(routeOf(taskAddress('team-a/nights-off', 'r&1'))).toEqual({
      page: 'Task',
      id: 'team-a/nights-off',
      run: 'r&1',
    })
    const filter = { text: 'a&b #', namespace: 'x', state: 'running' }
    expect(routeOf(overviewAddress(filter))).toEqual({ page: 'Overview', filter })
    expect(overviewAddress()).toBe('#/')
  })
})
