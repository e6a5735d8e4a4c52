import { describe, expect, it } from 'vitest'
import { annotated, applied, item, runOf } from '../../../test/builders/items.ts'
import { faultOf, MemoryTargets } from '../../../test/builders/targets.ts'
import { type Fault, FaultError, type Kind, type Target } from '../../api/fault.ts'
import { builtIn, NAMESPACE } from '../../api/kinds.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Reader, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { createNamespace } from './create-namespace.ts'

type Spec = Parameters<typeof createNamespace.plan>[0]

const CONFIG_MAP = builtIn('ConfigMap') as Kind
const runFor = (...namespaces: readonly string[]) => runOf({ operation: 'createNamespace', namespaces })
const run = runFor('preview-1')
const namespace = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  item(NAMESPACE, { name, namespace: name, labels })
const configMap = (name: string, at = '') =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(at && { namespace: at }) } })
const manifests = (...documents: readonly string[]) => documents.join('\n---\n')

type Refusing = (call: 'get' | 'tryOut', target: Target) => Fault | undefined

/** Observes and plans; `refusing`: reads and trials that fail. */
async function plan(spec: Spec, items: readonly Item[], context: RunContext = run, refusing?: Refusing) {
  const check = (call: 'get' | 'tryOut', target: Target) => {
    const fault = refusing?.(call, target)
    if (fault) throw new FaultError(fault)
  }
  const targets = new MemoryTargets(items)
  targets.kinds = [
    NAMESPACE,
    { kind: 'ScheduledTask', group: 'rota.dev', version: 'v1alpha1', plural: 'scheduledtasks' },
  ]
  const none = { remedy: () => '', permission: () => '' }
  const reader = targets.as({ namespace: 'team-a', name: 'rota' }, none, new AbortController().signal)
  const read: Reader = {
    ...reader,
    async get(target) {
      check('get', target)
      return reader.get(target)
    },
    async tryOut(action) {
      check('tryOut', action.target)
      return reader.tryOut(action)
    },
  }
  return createNamespace.plan(spec, await createNamespace.observe(spec, context, read), context)
}

const said = ({ actions }: Awaited<ReturnType<typeof plan>>) =>
  actions.map(({ target, wave, says }) => `${wave} ${target.namespace} ${says}`)

describe('createNamespace', () => {
  it('creates what does not exist, marked with the run, as a manager of its own', async () => {
    const { actions } = await plan({ labels: { team: 'a' }, annotations: { owner: 'b' } }, [])
    expect(actions).toEqual([
      {
        do: 'Apply',
        target: { kind: NAMESPACE, namespace: 'preview-1', name: 'preview-1' },
        body: {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: {
            name: 'preview-1',
            labels: { team: 'a' },
            annotations: { owner: 'b', [LAST_RUN_ANNOTATION]: 'run-1' },
          },
        },
        manager: 'rota-uid-of-n',
        force: false,
        version: undefined,
        says: 'Namespace/preview-1: created',
        wave: 0,
      },
    ])
  })

  it('adds what is missing to one that exists, on the version that was tried out', async () => {
    const { actions } = await plan({ labels: { team: 'a' } }, [namespace('preview-1', { stage: 'test' })])
    expect(actions).toMatchObject([
      {
        version: '1',
        says: 'Namespace/preview-1: changed (metadata.labels.team)',
        body: { metadata: { labels: { team: 'a' } } },
      },
    ])
  })

  it.each<[string, Spec, Item]>([
    ['no labels are wanted', {}, namespace('preview-1')],
    ['it has the labels', { labels: { team: 'a' } }, namespace('preview-1', { team: 'a', stage: 'test' })],
    [
      'it has the mark of another run',
      { annotations: { owner: 'b' } },
      annotated(namespace('preview-1'), { owner: 'b', [LAST_RUN_ANNOTATION]: 'run-0' }),
    ],
  ])('leaves one as it is when %s', async (_, spec, found) => {
    expect(await plan(spec, [found])).toMatchObject({ actions: [], done: [], already: 1, faults: [] })
  })

  it('makes the namespaces first, then what others refer to, then the rest', async () => {
    const text = manifests(
      JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }),
      JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } }),
    )
    expect(said(await plan({ manifests: text }, []))).toEqual([
      '0 preview-1 Namespace/preview-1: created',
      '2 preview-1 Deployment/web: created',
      '1 preview-1 ServiceAccount/web: created',
    ])
  })

  it('can have nothing tried out in a namespace that is yet to be made', async () => {
    const { actions } = await plan({ manifests: configMap('one') }, [namespace('a')], runFor('a', 'b'))
    const untried = actions.filter(action => action.untried).map(({ target }) => `${target.namespace} ${target.name}`)
    expect(untried).toEqual(['b one'])
  })

  it('puts the manifests into all namespaces, but for those that name one', async () => {
    const text = manifests(configMap('all'), configMap('only-b', 'b'))
    expect(said(await plan({ manifests: text }, [namespace('a'), namespace('b')], runFor('a', 'b', 'c')))).toEqual([
      '1 a ConfigMap/all: created',
      '1 b ConfigMap/all: created',
      '1 b ConfigMap/only-b: created',
      '0 c Namespace/c: created',
      '1 c ConfigMap/all: created',
    ])
  })

  it('repeats nothing that this run has done, whatever became of it since, and does the rest', async () => {
    const spec = { labels: { team: 'a' }, manifests: manifests(configMap('one'), configMap('two')) }
    const whole = await plan(spec, [])
    for (let n = 0; n <= whole.actions.length; n++) {
      const now = applied({ actions: whole.actions.slice(0, n) }, [])
      const edited = now.map(one => ({ ...one, metadata: { ...one.metadata, labels: { team: 'b' } } }))
      const again = await plan(spec, edited)
      expect(again.done.map(({ name }) => name)).toEqual(whole.actions.slice(0, n).map(({ target }) => target.name))
      expect(said(again)).toEqual(said(whole).slice(n))
    }
  })

  it('a later run changes nothing when all is there', async () => {
    const spec = { labels: { team: 'a' }, manifests: configMap('one') }
    const after = applied(await plan(spec, []), [])
    const later = await plan(spec, after, { ...run, id: 'run-2' })
    expect(later).toMatchObject({ actions: [], done: [], already: 2, faults: [] })
  })
})

describe('what cannot be', () => {
  const refused = faultOf('Refused', { reason: 'Forbidden' })

  it.each(['get', 'tryOut'] as const)('in one namespace is no reason against the others: %s', async at => {
    const spec = { labels: { team: 'a' }, manifests: configMap('one') }
    const refuse: Refusing = (call, { kind, name }) =>
      call === at && kind === NAMESPACE && name === 'b' ? refused : undefined
    const planned = await plan(spec, [namespace('a'), namespace('b')], runFor('a', 'b'), refuse)
    expect(said(planned)).toEqual(['0 a Namespace/a: changed (metadata.labels.team)', '1 a ConfigMap/one: created'])
    expect(planned.faults).toEqual([refused])
  })

  it('of the manifests leaves its namespace as it is', async () => {
    const spec = { labels: { team: 'a' }, manifests: manifests(configMap('one'), configMap('two')) }
    const refuse: Refusing = (call, { name, namespace }) =>
      call === 'tryOut' && name === 'two' && namespace === 'b' ? refused : undefined
    const planned = await plan(spec, [namespace('a'), namespace('b')], runFor('a', 'b'), refuse)
    expect(new Set(planned.actions.map(({ target }) => target.namespace))).toEqual(new Set(['a']))
    expect(planned.faults).toEqual([refused])
  })

  it.each([
    [
      'a kind of the cluster',
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }),
      'Namespace/other: is not in a namespace, and tasks work within namespaces: apply it by other means',
    ],
    [
      'an unknown kind',
      JSON.stringify({ apiVersion: 'x.io/v1', kind: 'Backup', metadata: { name: 'x' } }),
      'Backup/x: the cluster has no such kind in x.io/v1: install it first (a new one is known within a minute)',
    ],
    [
      "one of Rota's own",
      JSON.stringify({ apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name: 'x' } }),
      "ScheduledTask/x: tasks do not work on Rota's own kinds",
    ],
  ])('%s in a manifest is refused before anything is created', async (_, document, message) => {
    const planned = await plan({ manifests: manifests(configMap('fine'), document) }, [])
    expect(planned).toMatchObject({ actions: [], faults: [{ class: 'Invalid', message }] })
  })

  it('nothing reaches a namespace that is no target, or one that the run was not admitted to', async () => {
    const text = manifests(configMap('all'), configMap('one', 'protected'))
    const planned = await plan({ manifests: text }, [namespace('protected')], runFor('preview-1'))
    expect(planned.actions.map(({ target }) => target.namespace)).toEqual(['preview-1', 'preview-1'])
    expect(planned.faults).toMatchObject([{ message: 'ConfigMap/one: namespace protected is no target of this task' }])
  })
})

describe('the rights that createNamespace takes', () => {
  it('are those on namespaces, and those to apply the manifests', async () => {
    const verbs = ['get', 'create', 'patch']
    const own = { group: '', resource: 'namespaces', verbs, cluster: true }
    const none = new MemoryTargets([])
    expect(await createNamespace.rights({}, none)).toMatchObject([own])
    expect(await createNamespace.rights({ manifests: configMap('one') }, none)).toMatchObject([
      own,
      { group: '', resource: CONFIG_MAP.plural, verbs },
    ])
  })
})
