import { describe, expect, it } from 'vitest'
import { applied, deployment, runOf, withSleep } from '../../test/builders/items.ts'
import { asleepOf, sleepSpec } from '../../test/builders/task.ts'
import type { Plan } from './contract.ts'
import type { Item } from './item.ts'
import { restart } from './restart/restart.ts'
import { scale } from './scale/scale.ts'
import { sleep } from './sleep/sleep.ts'
import { wake } from './wake/wake.ts'

const front = { matchLabels: { tier: 'front' } }
const items: readonly Item[] = [
  deployment(3, { name: 'web', labels: { tier: 'front' } }),
  deployment(2, { name: 'api', labels: { tier: 'back' } }),
  deployment(1, { name: 'vpn' }),
]
const seen = { items, faults: [] }
const run = runOf()
const sleeping = (of: readonly Item[]) => ({ items: of, faults: [], autoscalers: [], gone: new Set<string>() })
const names = (plan: Plan) => plan.actions.map(({ target }) => target.name)

describe('an operation works on those that its spec chooses, and leaves the others without a word', () => {
  it.each<[string, Plan, readonly string[]]>([
    ['sleep, a selector', sleep.plan(sleepSpec({ selector: front }), sleeping(items), run), ['web']],
    [
      'sleep, all but a name',
      sleep.plan(sleepSpec({ exclude: { names: ['vpn'] } }), sleeping(items), run),
      ['web', 'api'],
    ],
    [
      'sleep, all but a label',
      sleep.plan(sleepSpec({ exclude: { selector: front } }), sleeping(items), run),
      ['api', 'vpn'],
    ],
    ['scale, a selector', scale.plan({ kinds: ['Deployment'], selector: front, replicas: 9 }, seen, run), ['web']],
    [
      'scale, names within a selector',
      scale.plan({ kinds: ['Deployment'], names: ['api'], selector: front, replicas: 9 }, seen, run),
      [],
    ],
    ['restart, a selector', restart.plan({ kinds: ['Deployment'], selector: front }, seen, run), ['web']],
  ])('%s', (_, plan, expected) => {
    expect(names(plan)).toEqual(expected)
    expect({ left: plan.left, faults: plan.faults }).toEqual({ left: [], faults: [] })
  })

  it('a name that is there, but not selected, is no mistake; one that is nowhere is', () => {
    const plan = scale.plan({ kinds: ['Deployment'], names: ['api', 'none'], selector: front, replicas: 9 }, seen, run)
    expect(plan.faults).toMatchObject([{ reason: 'NotFound', message: 'there is no Deployment named none' }])
  })
})

describe('what sleeps by a task is never forgotten because of its selectors', () => {
  const asleep = withSleep(deployment(0, { name: 'web', labels: { tier: 'front' } }), 3)

  it('a workload that is left alone now, and sleeps since an earlier spec, still counts as asleep', () => {
    const plan = sleep.plan(sleepSpec({ exclude: { selector: front } }), sleeping([asleep]), run)
    expect(plan).toMatchObject({ actions: [], asleep: asleepOf(1) })
  })

  it("a task's own sleep ends everywhere", () => {
    const plan = wake.plan({ holders: 'Own', kinds: [], choice: {} }, sleeping([asleep]), run)
    expect(applied(plan, [asleep])[0]?.spec).toMatchObject({ replicas: 3 })
  })

  it('the stand-alone wake ends only what it chooses', () => {
    const choose = (choice: object) => names(wake.plan({ holders: 'All', kinds: [], choice }, sleeping([asleep]), run))
    expect([choose({}), choose({ selector: front }), choose({ exclude: { names: ['web'] } })]).toEqual([
      ['web'],
      ['web'],
      [],
    ])
  })
})
