import { describe, expect, it } from 'vitest'
import { applied, item, runOf } from '../../../test/builders/items.ts'
import { faultOf, MemoryTargets } from '../../../test/builders/targets.ts'
import { FaultError, type Kind } from '../../api/fault.ts'
import { builtIn, JOB, POD } from '../../api/kinds.ts'
import { rfc3339, SECOND } from '../../lib/instant.ts'
import type { RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { cleanup } from './cleanup.ts'

type Options = Parameters<typeof item>[1]
type Spec = Parameters<typeof cleanup.plan>[0]

const HOUR = 3600 * SECOND
const run = runOf({ operation: 'cleanup' })
/** So long before the slot. */
const ago = (milliseconds: number) => rfc3339(run.slotTime - milliseconds)
const of = (kind: Kind) => (name: string, options: Options) => item(kind, { name, created: ago(HOUR), ...options })
const configMap = of(builtIn('ConfigMap') as Kind)
const pod = of(POD)
const job = of(JOB)
const ended = (type: string, status = 'True') => ({ status: { conditions: [{ type, status }] } })

const plan = (spec: Partial<Spec>, items: readonly Item[], context: RunContext = run) =>
  cleanup.plan({ kinds: ['ConfigMap'], ...spec }, { items, faults: [] }, context)
const deleted = (spec: Partial<Spec>, items: readonly Item[]) =>
  plan(spec, items).actions.map(({ target }) => target.name)

describe('cleanup deletes', () => {
  it('exactly the objects that were seen: what has taken their name meanwhile stays', () => {
    const planned = plan({ olderThanSeconds: 0 }, [configMap('a', { uid: 'uid-1' })])
    expect(planned).toMatchObject({
      actions: [{ do: 'Delete', uid: 'uid-1', target: { name: 'a' }, says: 'ConfigMap/a: deleted' }],
      done: [],
      already: 0,
      left: [],
      faults: [],
    })
    expect(() => applied(planned, [configMap('a', { uid: 'uid-2' })])).toThrow('Conflict')
  })

  it.each<[string, Partial<Spec>, readonly Item[], readonly string[]]>([
    [
      'what was there before the slot, and nothing that came with it or later',
      { olderThanSeconds: 0 },
      [
        configMap('old', { created: ago(SECOND) }),
        configMap('same', { created: ago(0) }),
        configMap('later', { created: ago(-SECOND) }),
      ],
      ['old'],
    ],
    ['nothing whose age is unknown', { olderThanSeconds: 0 }, [item(configMap('x', {}).kind, { name: 'x' })], []],
    [
      'what had the age at the slot',
      { olderThanSeconds: 60 },
      [
        configMap('older', { created: ago(61 * SECOND) }),
        configMap('exact', { created: ago(60 * SECOND) }),
        configMap('younger', { created: ago(59 * SECOND) }),
      ],
      ['older', 'exact'],
    ],
    [
      'what is selected, but for what is excluded',
      {
        selector: { matchLabels: { app: 'web' } },
        exclude: { names: ['kept'], selector: { matchLabels: { keep: '' } } },
      },
      [
        configMap('mine', { labels: { app: 'web' } }),
        configMap('other', { labels: { app: 'api' } }),
        configMap('none', {}),
        configMap('kept', { labels: { app: 'web' } }),
        configMap('labelled', { labels: { app: 'web', keep: '' } }),
      ],
      ['mine'],
    ],
    [
      'pods in these phases',
      { phases: ['Failed', 'Succeeded'] },
      [
        pod('failed', { status: { phase: 'Failed' } }),
        pod('done', { status: { phase: 'Succeeded' } }),
        pod('running', { status: { phase: 'Running' } }),
        pod('fresh', {}),
      ],
      ['failed', 'done'],
    ],
    [
      'Jobs by how they ended',
      { phases: ['Succeeded'] },
      [
        job('complete', ended('Complete')),
        job('failed', ended('Failed')),
        job('not-yet', ended('Complete', 'False')),
        job('about-to', ended('SuccessCriteriaMet')),
        job('new', {}),
      ],
      ['complete'],
    ],
    [
      'Jobs that run, when that is what is wanted',
      { phases: ['Running', 'Failed'] },
      [job('complete', ended('Complete')), job('failed', ended('Failed')), job('new', {})],
      ['failed', 'new'],
    ],
    [
      'nothing by phase of a kind that has none',
      { phases: ['Failed'] },
      [configMap('a', {}), configMap('b', { status: {} })],
      [],
    ],
    [
      'what another object controls as well: that is what most pods and Jobs are',
      { phases: ['Failed'] },
      [pod('web-1', { status: { phase: 'Failed' }, owner: { kind: 'ReplicaSet', name: 'web' } })],
      ['web-1'],
    ],
  ])('%s', (_, spec, items, names) => {
    expect(deleted(spec, items)).toEqual(names)
  })
})

describe('cleanup keeps the newest', () => {
  const aged = (name: string, seconds: number, options: Options = {}) =>
    configMap(name, { created: ago(seconds * SECOND), ...options })

  it.each<[string, Partial<Spec>, readonly Item[], readonly string[]]>([
    ['whatever the order', { keepNewest: 2 }, [aged('c', 3), aged('a', 1), aged('d', 4), aged('b', 2)], ['c', 'd']],
    ['none, where none are to be kept', { keepNewest: 0 }, [aged('a', 1)], ['a']],
    ['and deletes nothing where there are fewer', { keepNewest: 3 }, [aged('a', 1), aged('b', 2)], []],
    [
      'of those made in one second the first by name',
      { keepNewest: 2 },
      [aged('c', 1), aged('b', 1), aged('a', 1)],
      ['c'],
    ],
    [
      'of each kind and namespace',
      { keepNewest: 1 },
      [
        aged('a', 1),
        aged('b', 2),
        aged('c', 1, { namespace: 'team-b' }),
        aged('d', 2, { namespace: 'team-b' }),
        pod('e', { created: ago(SECOND) }),
        pod('f', { created: ago(2 * SECOND) }),
      ],
      ['b', 'd', 'f'],
    ],
    [
      'of those that match, at the slot: what came later counts for nothing',
      { keepNewest: 1, selector: { matchLabels: { app: 'web' } } },
      [
        aged('later', -5, { labels: { app: 'web' } }),
        aged('other', 1),
        aged('a', 2, { labels: { app: 'web' } }),
        aged('b', 3, { labels: { app: 'web' } }),
      ],
      ['b'],
    ],
    [
      'whatever their age, and what is too young besides',
      { keepNewest: 1, olderThanSeconds: 60 },
      [aged('a', 70), aged('b', 80)],
      ['b'],
    ],
    [
      'which the young ones can be',
      { keepNewest: 1, olderThanSeconds: 60 },
      [aged('young', 50), aged('a', 70), aged('b', 80)],
      ['a', 'b'],
    ],
    [
      'of those that stay: one on its way out is not kept by that',
      { keepNewest: 2 },
      [aged('dying', 1, { terminating: true }), aged('a', 2), aged('b', 3), aged('c', 4)],
      ['c'],
    ],
  ])('%s', (_, spec, items, names) => {
    expect(deleted(spec, items)).toEqual(names)
  })

  it('also when it is begun again: what is left are the same', () => {
    const items = ['a', 'b', 'c', 'd', 'e'].map(name => aged(name, 1))
    const whole = plan({ keepNewest: 2 }, items)
    const half = { actions: whole.actions.slice(0, 2) }
    const again = plan({ keepNewest: 2 }, applied(half, items))
    expect(again.actions).toEqual(whole.actions.slice(2))
    expect(plan({ keepNewest: 2 }, applied(whole, items)).actions).toEqual([])
  })
})

describe('what is on its way out', () => {
  const dying = configMap('dying', { terminating: true })
  const left = [{ target: { name: 'dying' }, reason: 'Terminating', message: 'is being deleted' }]

  it('is left alone, and said to be', () => {
    expect(plan({ olderThanSeconds: 0 }, [dying])).toMatchObject({ actions: [], already: 0, left })
  })

  it('is not spoken of when it would not have been deleted', () => {
    expect(plan({ olderThanSeconds: 7200 }, [dying])).toMatchObject({ actions: [], left: [] })
  })

  it('is what this attempt has done itself, when it looks again', () => {
    const target = { kind: dying.kind, namespace: 'team-a', name: 'dying' }
    expect(plan({ olderThanSeconds: 0 }, [dying], { ...run, changed: [target] })).toMatchObject({ left: [] })
  })
})

describe('cleanup deletes nothing', () => {
  const account = { namespace: 'team-a', name: 'rota' }
  const reader = (targets: MemoryTargets) =>
    targets.as(account, { remedy: () => '', permission: () => '' }, new AbortController().signal)
  const spec = { kinds: ['Pod', 'ConfigMap'], olderThanSeconds: 0 }
  const items = [pod('a', {}), configMap('b', {})]

  it.each([
    ['refused', faultOf('Refused', { reason: 'Forbidden' })],
    ['that failed', faultOf('Transient')],
    ['of a kind that is gone', faultOf('Gone')],
  ])('after a list %s, whichever it is', async (_, fault) => {
    for (const failing of [1, 2]) {
      const targets = new MemoryTargets(items, {
        listing: time => {
          if (time === failing) throw new FaultError(fault)
        },
      })
      const seen = await cleanup.observe(spec, run, reader(targets))
      expect(seen.faults).toEqual([fault])
      expect(cleanup.plan(spec, seen, run)).toMatchObject({ actions: [], faults: [fault] })
    }
  })

  it('of any kind when the cluster does not have one of them: it may be a typing error', async () => {
    const targets = new MemoryTargets(items)
    const some = { ...spec, kinds: ['Pod', 'Podd'] }
    const seen = await cleanup.observe(some, run, reader(targets))
    const message = 'the cluster has no kind Podd: install it, or write another kind'
    expect(cleanup.plan(some, seen, run)).toMatchObject({ actions: [], faults: [{ class: 'Invalid', message }] })
    expect(targets.lists).toBe(0)
  })

  it('of a kind that is not in namespaces', async () => {
    const targets = new MemoryTargets([])
    targets.kinds = [{ kind: 'Cluster', group: 'x.io', version: 'v1', plural: 'clusters', cluster: true }]
    const seen = await cleanup.observe({ ...spec, kinds: ['Cluster.x.io'] }, run, reader(targets))
    expect(seen.faults).toMatchObject([{ class: 'Invalid', message: expect.stringContaining('not in namespaces') }])
  })
})

describe('the rights that cleanup takes', () => {
  it('are to list and to delete the kinds that there are', async () => {
    const targets = new MemoryTargets([])
    targets.kinds = [{ kind: 'Backup', group: 'x.io', version: 'v1', plural: 'backups' }]
    const kinds = ['Job', 'Backup.x.io', 'Unknown.x.io']
    expect(await cleanup.rights({ kinds }, targets)).toEqual([
      { group: 'batch', resource: 'jobs', verbs: ['list', 'delete'] },
      { group: 'x.io', resource: 'backups', verbs: ['list', 'delete'] },
    ])
  })

  it('and without a limit of the author it is about 100 objects at most', () => expect(cleanup.limit).toBe(100))
})
