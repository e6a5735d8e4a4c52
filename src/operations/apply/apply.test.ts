import { describe, expect, it } from 'vitest'
import { annotated, applied, item, runOf } from '../../../test/builders/items.ts'
import { faultOf, readerOf } from '../../../test/builders/targets.ts'
import { type Fault, FaultError, type Kind } from '../../api/fault.ts'
import { builtIn } from '../../api/kinds.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Action, Plan, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { apply } from './apply.ts'

const CONFIG_MAP = builtIn('ConfigMap') as Kind
const WIDGET: Kind = { kind: 'Widget', group: 'example.com', version: 'v1', plural: 'widgets' }
const CRD: Kind = {
  kind: 'CustomResourceDefinition',
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  cluster: true,
}
const uid = '0f8fad5b-d9cb-469f-a165-70867728950e'
const task = { key: 'team-a/setup', namespace: 'team-a', name: 'setup', uid }
const run = runOf({ operation: 'apply', task })
const document = (name: string, more: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...more,
})
const of = (...documents: readonly object[]) => ({
  manifests: documents.map(one => JSON.stringify(one)).join('\n---\n'),
  force: false,
})
const configMap = (name: string, data: object = {}, options: Parameters<typeof item>[1] = {}) =>
  ({ ...item(CONFIG_MAP, { name, ...options }), data }) as Item

/** @param refused by name: why the API server would not take it */
async function plan(
  spec: Parameters<typeof apply.plan>[0],
  items: readonly Item[] = [],
  context: RunContext = run,
  refused: Readonly<Record<string, Fault>> = {},
): Promise<Plan> {
  const reader = readerOf(items, {}, [WIDGET, CRD])
  const tryOut = async (action: Action) => {
    const fault = refused[action.target.name]
    if (fault) throw new FaultError(fault)
    return reader.tryOut(action)
  }
  return apply.plan(spec, await apply.observe(spec, context, { ...reader, tryOut }), context)
}
const said = ({ actions }: Plan) => actions.map(({ target, says }) => `${target.namespace} ${says}`)

describe('apply', () => {
  it('creates what is not there, as the manager of its task, marked with the run', async () => {
    expect((await plan(of(document('a', { data: { x: '1' } })))).actions).toEqual([
      {
        do: 'Apply',
        target: { kind: CONFIG_MAP, namespace: 'team-a', name: 'a' },
        body: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', namespace: 'team-a', annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } },
          data: { x: '1' },
        },
        manager: 'rota-0f8fad5b',
        force: false,
        version: undefined,
        says: 'ConfigMap/a: created',
        wave: 1,
      },
    ])
  })

  it('changes what is there on the version that was tried out, and names the fields', async () => {
    const there = configMap('a', { x: '1', y: '2' }, { version: '7' })
    const { actions } = await plan(of(document('a', { data: { x: '3' } }, { labels: { tier: 'web' } })), [there])
    expect(actions).toMatchObject([{ version: '7', says: 'ConfigMap/a: changed (metadata.labels, data.x)' }])
  })

  it('counts as already so what it would not change, also with the mark of another run', async () => {
    const items = [
      annotated(configMap('a', { x: '1' }), { [LAST_RUN_ANNOTATION]: 'run-0' }),
      configMap('b', { x: '1' }),
    ]
    const spec = of(document('a', { data: { x: '1' } }), document('b', { data: { x: '1' } }))
    expect(await plan(spec, items)).toMatchObject({ actions: [], already: 2, done: [] })
  })

  it('does what it has done no second time, whatever its value is now', async () => {
    const items = [annotated(configMap('a', { x: 'other' }), { [LAST_RUN_ANNOTATION]: 'run-1' })]
    const spec = of(document('a', { data: { x: '1' } }), document('b'))
    const planned = await plan(spec, items)
    expect(planned).toMatchObject({ done: [{ name: 'a' }], actions: [{ target: { name: 'b' } }] })
    expect(await plan(spec, applied(planned, items))).toMatchObject({
      actions: [],
      done: [{ name: 'a' }, { name: 'b' }],
    })
  })

  it('puts each document into all target namespaces, and those that name one there', async () => {
    const both = runOf({ task, namespaces: ['team-a', 'team-b'] })
    const planned = await plan(of(document('a'), document('b', {}, { namespace: 'team-b' })), [], both)
    expect(said(planned)).toEqual([
      'team-a ConfigMap/a: created',
      'team-b ConfigMap/a: created',
      'team-b ConfigMap/b: created',
    ])
  })

  it('creates first what others refer to', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } }
    const { actions } = await plan(of(pod, account))
    const waves = actions.map(({ target, wave }) => [target.kind.kind, wave] as const)
    expect(waves.toSorted(([, a = 0], [, b = 0]) => a - b).map(([kind]) => kind)).toEqual(['ServiceAccount', 'Pod'])
  })

  it('knows kinds that need discovery', async () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }
    expect(said(await plan(of(widget)))).toEqual(['team-a Widget/w: created'])
  })

  it('takes over what others manage only when told to', async () => {
    const spec = of(document('a', { data: { x: '1' } }))
    expect((await plan({ ...spec, force: true })).actions).toMatchObject([{ force: true }])
    expect((await plan(spec)).actions).toMatchObject([{ force: false }])
  })
})

describe('nothing is applied', () => {
  const message = 'ConfigMap team-a/b: helm manages data.x: leave that out of the manifest'
  const conflict = faultOf('Invalid', { reason: 'FieldManagerConflict', message })

  it('when one document is refused; it tells what would have been', async () => {
    const spec = of(document('a'), document('b', { data: { x: '1' } }))
    const planned = await plan(spec, [configMap('b')], run, { b: conflict })
    expect(planned).toMatchObject({
      actions: [],
      faults: [{ reason: 'FieldManagerConflict', message: `${message}, or write force: true to take it over` }],
      output: 'not done: ConfigMap/a: created',
    })
  })

  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x.io' } }
  it.each<[string, object, RegExp]>([
    ['a kind of the cluster', crd, /^CustomResourceDefinition\/x\.io: is not in a namespace, and tasks work within/],
    [
      'a kind that the cluster does not have',
      { apiVersion: 'x.io/v1', kind: 'Gadget', metadata: { name: 'g' } },
      /^Gadget\/g: the cluster has no such kind in x\.io\/v1: install it first/,
    ],
    [
      'a namespace that is no target',
      document('c', {}, { namespace: 'team-b' }),
      /^ConfigMap\/c: namespace team-b is no target of this task/,
    ],
  ])('for %s', async (_, wrong, words) => {
    const planned = await plan(of(document('fine'), wrong))
    expect(planned).toMatchObject({
      actions: [],
      faults: [{ class: 'Invalid', reason: 'InvalidManifest', message: expect.stringMatching(words) }],
      output: 'not done: ConfigMap/fine: created',
    })
  })

  it('to what is being deleted: another attempt makes it anew', async () => {
    const planned = await plan(of(document('a')), [configMap('a', {}, { terminating: true })])
    expect(planned).toMatchObject({
      actions: [],
      faults: [
        {
          class: 'Transient',
          reason: 'Terminating',
          message: 'ConfigMap/a is being deleted: it is applied when it is gone',
        },
      ],
    })
  })
})

it('takes the rights to read, create and patch each kind once', async () => {
  const widget = (name: string) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name } })
  const spec = of(document('a'), document('b'), widget('c'))
  expect(await apply.rights(spec, readerOf([], {}, [WIDGET]))).toMatchObject([
    { group: '', resource: 'configmaps', verbs: ['get', 'create', 'patch'] },
    { group: 'example.com', resource: 'widgets', verbs: ['get', 'create', 'patch'] },
  ])
})
