import { expect, it } from 'vitest'
import { ATTEMPT } from '../../test/builders/attempt.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { deployment, runOf } from '../../test/builders/items.ts'
import { MemoryTargets } from '../../test/builders/targets.ts'
import type { Fault } from '../api/fault.ts'
import { pause } from '../lib/clock.ts'
import type { Bound } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { attempt } from './attempt.ts'
import { flow } from './flow.ts'
import type { Outcome } from './outcome.ts'
import { pool } from './pool.ts'
import type { Carried, Targets } from './ports.ts'

const SECOND = 1000
const restart: Bound = {
  name: 'restart',
  pastTense: 'restarted',
  rights: async () => [],
  async observe({ namespaces }, read) {
    const items: Item[] = []
    for (const namespace of namespaces) {
      for await (const page of read.list(deployment(0).kind, namespace)) items.push(...page)
    }
    return { items, faults: [] }
  },
  plan: ({ items }) => ({
    actions: items.map(({ kind, metadata: { namespace, name, resourceVersion } }) => ({
      do: 'Patch',
      target: { kind, namespace, name },
      version: resourceVersion,
      body: {},
      says: name,
    })),
    done: [],
    already: 0,
    left: [],
    faults: [],
  }),
}

/** As a client gives up a request that was sent. */
const NO_ANSWER = 31 * SECOND
const unknown: Fault = { class: 'Unknown', reason: 'Unreachable', message: 'no answer' }

/** Two workers and five places for requests; ten objects in each namespace; writes in namespace `hangs` get no answer. */
function setUp() {
  const clock = new FakeClock(0)
  const requests = flow(clock, 5, () => workers.workers)
  const workers = pool({ min: 2, max: 2, bearable: () => requests.limit })
  const outcomes = new Map<string, Outcome>()
  const targets: Targets = {
    admit: async (_, namespaces) => ({ namespaces, faults: [] }),
    may: async () => true,
    as: (_account, _purpose, signal) => ({
      ...new MemoryTargets([]).as(_account, _purpose, signal),
      async *list(_, namespace) {
        const names = Array.from({ length: 10 }, (_, n) => `o-${n}`)
        yield requests.pass(async () => names.map(name => deployment(1, { name, namespace })), signal)
      },
      carryOut: ({ target }) =>
        requests.pass<Carried>(async () => {
          if (target.namespace !== 'hangs') return 'Changed'
          await pause(clock, NO_ANSWER)
          return unknown
        }, signal),
    }),
  }
  const turn = async (namespace: string) => {
    const deadline = new AbortController()
    clock.at(clock.now() + 30 * SECOND, () => deadline.abort(new Error('over')))
    const outcome = await attempt({
      ...ATTEMPT,
      operation: restart,
      run: runOf({ operation: 'restart', namespaces: [namespace] }),
      account: { namespace, name: 'rota' },
      targets,
      deadline: deadline.signal,
      clock,
    })
    outcomes.set(namespace, outcome)
  }
  const enter = (namespace: string) => workers.enter(namespace, 0, () => turn(namespace))
  const results = () => [...outcomes].map(([namespace, { result, changed }]) => `${namespace} ${result} ${changed}`)
  return { clock, enter, requests, results }
}

it('a run whose requests are never answered holds its own worker only, until the last of them is given up', async () => {
  const { clock, enter, requests, results } = setUp()
  for (const namespace of ['hangs', 'a', 'b', 'c']) enter(namespace)
  for (let n = 0; n < 20; n++) await clock.advance(0)
  const others = ['a Succeeded 10', 'b Succeeded 10', 'c Succeeded 10']
  expect(results()).toEqual(others)
  await clock.advance(29 * SECOND)
  expect(results()).toEqual(others)
  // Begins none after its deadline; what was sent before may still be carried out, so that is waited for.
  await clock.advance(SECOND)
  expect(results()).toEqual(others)
  await clock.advance(SECOND)
  expect(results()).toEqual([...others, 'hangs TimedOut 0'])
  expect(requests.inFlight).toBe(0)
})
