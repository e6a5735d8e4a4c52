import { describe, expect, it } from 'vitest'
import { count, cut, listed, tail } from './text.ts'

describe('a text that is cut', () => {
  it.each([
    ['short enough', 'abc', 3, 'abc'],
    ['one too long', 'abcd', 3, 'ab…'],
    ['to a single sign', 'abcd', 1, '…'],
    ['never within a surrogate pair', 'ab😀cd', 4, 'ab…'],
    ['right after a surrogate pair', 'a😀bcd', 4, 'a😀…'],
    ['nothing', '', 3, ''],
  ])('%s', (_, text, limit, expected) => {
    expect(cut(text, limit)).toBe(expected)
    expect(cut(text, limit).length).toBeLessThanOrEqual(limit)
  })
})

describe('the end of a text', () => {
  it.each([
    ['short enough', 'a\nb', 3, 'a\nb'],
    ['without the lines that do not fit', 'first\nsecond\nlast', 13, '…\nlast'],
    ['of a line that does not fit itself', 'abcdefgh', 6, '…\nefgh'],
    ['never within a surrogate pair', 'abc😀de', 5, '…\nde'],
    ['without what is empty around it', '\n\na\n\n', 3, 'a'],
    ['nothing', '', 3, ''],
  ])('%s', (_, text, limit, expected) => {
    expect(tail(text, limit)).toBe(expected)
    expect(tail(text, limit).length).toBeLessThanOrEqual(limit)
  })
})

it.each([
  [0, '0 Deployments'],
  [1, '1 Deployment'],
  [2, '2 Deployments'],
])('%i in words', (n, words) => {
  expect(count(n, 'Deployment')).toBe(words)
})

it.each([
  ['Ingress', '2 Ingresses'],
  ['NetworkPolicy', '2 NetworkPolicies'],
  ['Gateway', '2 Gateways'],
  ['Mesh', '2 Meshes'],
  ['Box', '2 Boxes'],
])('more than one %s', (noun, words) => {
  expect(count(2, noun)).toBe(words)
  expect(count(1, noun)).toBe(`1 ${noun}`)
})

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd'], 'a, b, c and 1 more'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j in words', (names, words) => {
  expect(listed(names, 3)).toBe(words)
})
