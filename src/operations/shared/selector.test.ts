import { describe, expect, it } from 'vitest'
import { deployment } from '../../../test/builders/items.ts'
import { chosen, type Selector, selects } from './selector.ts'

const web = { app: 'web', tier: 'front', empty: '' }

describe('labels are selected', () => {
  it.each<[Selector, boolean]>([
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'front' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchLabels: { missing: 'x' } }, false],
    [{ matchLabels: { constructor: 'x' } }, false],
    [{ matchLabels: { empty: '' } }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }] }, false],
    [{ matchExpressions: [{ key: 'missing', operator: 'In', values: ['api'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'missing', operator: 'NotIn', values: ['api'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'missing', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'missing', operator: 'DoesNotExist' }] }, true],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
  ])('%j: %s', (selector, expected) => {
    expect(selects(selector, web)).toBe(expected)
  })

  it('also where there are none', () => {
    expect(selects({ matchLabels: { app: 'web' } }, undefined)).toBe(false)
    expect(selects({ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, undefined)).toBe(true)
  })
})

describe('objects are chosen', () => {
  const items = [
    deployment(1, { name: 'web', labels: { tier: 'front' } }),
    deployment(1, { name: 'api', labels: { tier: 'back' } }),
    deployment(1, { name: 'vpn' }),
  ]
  const front = { matchLabels: { tier: 'front' } }

  it.each([
    ['all, where nothing is said', {}, ['web', 'api', 'vpn']],
    ['by name', { names: ['api', 'none'] }, ['api']],
    ['by label', { selector: front }, ['web']],
    ['by both', { names: ['api'], selector: front }, []],
    ['but for excluded names', { exclude: { names: ['vpn'] } }, ['web', 'api']],
    ['but for excluded labels', { exclude: { selector: front } }, ['api', 'vpn']],
    ['but for either', { exclude: { names: ['vpn'], selector: front } }, ['api']],
  ])('%s', (_, choice, names) => {
    expect(chosen(items, choice).map(({ metadata }) => metadata.name)).toEqual(names)
  })
})
