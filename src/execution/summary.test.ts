import { describe, expect, it } from 'vitest'
import { cronJob, deployment, rollout, statefulSet } from '../../test/builders/items.ts'
import { faultOf } from '../../test/builders/targets.ts'
import type { Target } from '../api/fault.ts'
import type { LeftOut } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { faultSummary, summary } from './summary.ts'

const target = ({ kind, metadata: { namespace, name } }: Item): Target => ({ kind, namespace, name })
const many = (n: number, item: Item) => Array.from({ length: n }, () => target(item))
const left = (name: string, message: string): LeftOut => ({
  target: target(deployment(0, { name })),
  reason: 'Owned',
  message,
})

describe('what was done, in a line', () => {
  it.each<[string, readonly Target[], number, readonly LeftOut[]]>([
    ['nothing to do', [], 0, []],
    ['nothing to change; 3 already so', [], 3, []],
    ['slept 1 Deployment', many(1, deployment(0)), 0, []],
    [
      'slept 2 CronJobs, 12 Deployments and 1 StatefulSet; 3 already so',
      [...many(1, statefulSet(0)), ...many(12, deployment(0)), ...many(2, cronJob(true))],
      3,
      [],
    ],
    ['nothing to do; left out: web (still held)', many(1, deployment(0)), 0, [left('web', 'still held')]],
    [
      'nothing to do; left out: Deployment/web (x) and Rollout/web (y)',
      [],
      0,
      [left('web', 'x'), { ...left('web', 'y'), target: target(rollout(1)) }],
    ],
    [
      'nothing to do; left out: web in team-a (x) and web in team-b (y)',
      [],
      0,
      [left('web', 'x'), { ...left('web', 'y'), target: target(deployment(0, { namespace: 'team-b' })) }],
    ],
    ['nothing to do; left out: web (owned by Rollout/web)', [], 0, [left('web', 'owned by Rollout/web')]],
    [
      'slept 1 Deployment; left out: a (x), b (x), c (x), d (x), e (x) and 2 more',
      many(1, deployment(0)),
      0,
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => left(name, 'x')),
    ],
  ])('%s', (line, changed, already, leftOut) => {
    expect(summary('slept', changed, already, leftOut)).toBe(line)
  })

  it('what is so already has words of its own where there are better ones', () => {
    expect(summary('deleted', [], 2, [], 'already gone')).toBe('nothing to change; 2 already gone')
  })
})

describe('what went wrong, in a line', () => {
  const refused = faultOf('Refused', { message: 'a may not patch', remedy: 'kubectl create a' })
  it.each([
    ['conflict', [faultOf('Conflict')]],
    ['conflict (2 times); gone', [faultOf('Conflict'), faultOf('Gone'), faultOf('Conflict')]],
    ['a may not patch (3 times); to allow it: kubectl create a', [refused, refused, refused]],
    ['5 Invalid: a; b; c; and 2 more', ['a', 'b', 'c', 'd', 'e'].map(message => faultOf('Invalid', { message }))],
    [
      '2 Conflict and 1,200 Invalid: conflict (2 times); 1; 2; and 1198 more',
      [
        ...[faultOf('Conflict'), faultOf('Conflict')],
        ...Array.from({ length: 1200 }, (_, n) => faultOf('Invalid', { message: String(n + 1) })),
      ],
    ],
    [
      'a may not patch; b; c; to allow it: kubectl create a && kubectl create b && kubectl create c',
      [
        refused,
        faultOf('Refused', { message: 'b', remedy: 'kubectl create b' }),
        faultOf('Refused', { message: 'c', remedy: 'kubectl create c' }),
      ],
    ],
  ])('%s', (line, faults) => {
    expect(faultSummary(faults)).toBe(line)
  })
})
