import { describe, expect, it } from 'vitest'
import { cronJob, deployment, rollout, runOf, statefulSet } from '../../../test/builders/items.ts'
import { MemoryTargets } from '../../../test/builders/targets.ts'
import { type Fault, FaultError } from '../../api/fault.ts'
import { CRON_JOB, DEPLOYMENT, STATEFUL_SET } from '../../api/kinds.ts'
import type { Reader } from '../contract.ts'
import type { Item } from '../item.ts'
import { foundKinds } from './kinds.ts'
import { kindsNamed, listAll, withScale } from './observe.ts'

type Pages = readonly (readonly Item[] | Error)[]

/** Each call of `list` takes the next of the answers for its kind and namespace; the last one stays. */
function reader(answers: Readonly<Record<string, readonly Pages[]>>): Reader {
  const calls = new Map<string, number>()
  return {
    ...new MemoryTargets([]).as(
      { namespace: 'team-a', name: 'rota' },
      { remedy: () => '', permission: () => '' },
      new AbortController().signal,
    ),
    async *list(kind, namespace) {
      const place = `${namespace}/${kind.kind}`
      const call = calls.get(place) ?? 0
      calls.set(place, call + 1)
      const given = answers[place] ?? []
      for (const page of given[Math.min(call, given.length - 1)] ?? []) {
        if (page instanceof Error) throw page
        yield page
      }
    },
  }
}

const refused: Fault = { class: 'Refused', reason: 'Forbidden', message: 'may not list' }
const expired: Fault = { class: 'Transient', reason: 'Expired', message: 'took too long' }
const run = runOf({ namespaces: ['team-a', 'team-b'] })

describe('what is there', () => {
  it('is listed in all namespaces, all kinds and all pages', async () => {
    const many = Array.from({ length: 1200 }, (_, n) => deployment(1, { name: `web-${n}` }))
    const read = reader({
      'team-a/Deployment': [[many.slice(0, 500), many.slice(500, 1000), many.slice(1000)]],
      'team-b/StatefulSet': [[[statefulSet(1)]]],
    })
    const seen = await listAll(read, [DEPLOYMENT, STATEFUL_SET], run)
    expect(seen).toEqual({ items: [...many, statefulSet(1)], faults: [] })
  })

  it('is known in part when one kind cannot be listed', async () => {
    const read = reader({
      'team-a/Deployment': [[new FaultError(refused)]],
      'team-a/CronJob': [[[cronJob(false)]]],
      'team-b/Deployment': [[[deployment(1)]]],
    })
    const seen = await listAll(read, [DEPLOYMENT, CRON_JOB], run)
    expect(seen).toEqual({ items: [cronJob(false), deployment(1)], faults: [refused] })
  })

  it('is listed again from the start when the server has forgotten the next page', async () => {
    const page = [deployment(1)]
    const read = reader({
      'team-a/Deployment': [
        [page, new FaultError(expired)],
        [page, [deployment(2, { name: 'b' })]],
      ],
    })
    const seen = await listAll(read, [DEPLOYMENT], run)
    expect(seen).toEqual({ items: [deployment(1), deployment(2, { name: 'b' })], faults: [] })
  })

  it('is not listed for ever', async () => {
    const read = reader({ 'team-a/Deployment': [[[deployment(1)], new FaultError(expired)]] })
    expect(await listAll(read, [DEPLOYMENT], run)).toEqual({ items: [deployment(1)], faults: [expired] })
  })

  it('an abort is no fault of a target', async () => {
    const read = reader({ 'team-a/Deployment': [[new Error('aborted')]] })
    await expect(listAll(read, [DEPLOYMENT], run)).rejects.toThrow('aborted')
  })
})

describe('the kinds that are named', () => {
  it('are each meant once, with their group and without', async () => {
    const read = reader({})
    expect((await kindsNamed(['Deployment', 'CronJob', 'Deployment.apps'], read)).kinds).toEqual([DEPLOYMENT, CRON_JOB])
    expect(await foundKinds(['Deployment.apps', 'Deployment'], read)).toEqual([DEPLOYMENT])
  })
})

describe('what a scale subresource says', () => {
  it.each<[string, Fault, readonly Item[], readonly Fault[]]>([
    ['is nothing where no number is set', { ...refused, reason: 'NoReplicas' }, [rollout(undefined)], []],
    ['is not asked of what has gone since', { ...refused, class: 'Gone' }, [], []],
    ['may not be read', refused, [], [refused]],
  ])('%s', async (_, fault, items, faults) => {
    const read = { ...reader({}), scaled: () => Promise.reject(new FaultError(fault)) }
    const seen = await withScale(read, { items: [rollout(undefined), deployment(1)], faults: [] })
    expect(seen).toEqual({ items: [...items, deployment(1)], faults })
  })
})
