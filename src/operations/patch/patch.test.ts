import { describe, expect, it } from 'vitest'
import { annotated, applied, item, runOf } from '../../../test/builders/items.ts'
import { faultOf, readerOf } from '../../../test/builders/targets.ts'
import { FaultError, type Kind } from '../../api/fault.ts'
import { builtIn } from '../../api/kinds.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Plan, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { patch } from './patch.ts'

type Spec = Parameters<typeof patch.plan>[0]
type Options = Parameters<typeof item>[1]

const CONFIG_MAP = builtIn('ConfigMap') as Kind
const WIDGET: Kind = { kind: 'Widget', group: 'example.com', version: 'v1', plural: 'widgets' }
const run = runOf({ operation: 'patch' })
const spec = (changes: Partial<Spec> = {}): Spec => ({
  kind: 'ConfigMap',
  names: ['a', 'b'],
  type: 'Merge',
  patch: '{"data":{"level":"info"}}',
  ...changes,
})
const configMap = (name: string, data: object = {}, options: Options = {}) =>
  ({ ...item(CONFIG_MAP, { name, ...options }), data }) as Item
const dataOf = (of: Item | undefined) => (of as unknown as { readonly data?: object } | undefined)?.data

async function plan(of: Spec, items: readonly Item[], context: RunContext = run): Promise<Plan> {
  return patch.plan(of, await patch.observe(of, context, readerOf(items, {}, [WIDGET])), context)
}

describe('patch', () => {
  it('changes what is named, and marks it in the same request on the version that was seen', async () => {
    const { actions } = await plan(spec(), [configMap('a', {}, { version: '7' }), configMap('b'), configMap('c')])
    expect(actions[0]).toEqual({
      do: 'Patch',
      target: { kind: CONFIG_MAP, namespace: 'team-a', name: 'a' },
      version: '7',
      body: { data: { level: 'info' }, metadata: { annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } } },
      says: 'ConfigMap/a: changed (data.level)',
    })
    expect(actions.map(({ target }) => target.name)).toEqual(['a', 'b'])
  })

  it('keeps what the patch says of metadata beside the mark', async () => {
    const text = '{"metadata":{"labels":{"tier":"web"},"annotations":{"team":"a","old":null}}}'
    const { actions } = await plan(spec({ patch: text }), [configMap('a'), configMap('b')])
    expect(actions[0]).toMatchObject({
      body: {
        metadata: { labels: { tier: 'web' }, annotations: { team: 'a', old: null, [LAST_RUN_ANNOTATION]: 'run-1' } },
      },
    })
  })

  it('takes what has the labels, in all namespaces; with names too, what is both', async () => {
    const labelled = (name: string, namespace: string) => configMap(name, {}, { namespace, labels: { tier: 'web' } })
    const items = [labelled('a', 'team-a'), labelled('c', 'team-b'), configMap('b')]
    const selector = { matchLabels: { tier: 'web' } }
    const { names: _, ...rest } = spec({ selector })
    const both = runOf({ namespaces: ['team-a', 'team-b'] })
    const named = async (of: Spec) => (await plan(of, items, both)).actions.map(({ target }) => target.name)
    expect(await named(rest)).toEqual(['a', 'c'])
    expect(await named(spec({ selector }))).toEqual(['a'])
  })

  it('counts as already so what it would not change', async () => {
    const items = [configMap('a', { level: 'info' }), configMap('b', { level: 'debug' })]
    const planned = await plan(spec(), items)
    expect(planned).toMatchObject({ already: 1, actions: [{ target: { name: 'b' } }] })
  })

  it('does what it has done no second time, whatever its value is now', async () => {
    const items = [annotated(configMap('a', { level: 'debug' }), { [LAST_RUN_ANNOTATION]: 'run-1' }), configMap('b')]
    const planned = await plan(spec(), items)
    expect(planned).toMatchObject({ done: [{ name: 'a' }], actions: [{ target: { name: 'b' } }] })
    const after = applied(planned, items)
    expect(await plan(spec(), after)).toMatchObject({ actions: [], done: [{ name: 'a' }, { name: 'b' }] })
  })

  it('leaves out what is being deleted', async () => {
    const planned = await plan(spec(), [configMap('a', {}, { terminating: true }), configMap('b')])
    expect(planned).toMatchObject({
      actions: [{ target: { name: 'b' } }],
      left: [{ reason: 'Terminating', message: 'is being deleted' }],
      faults: [],
    })
  })

  it('fails for a name that does not exist, and patches the others', async () => {
    expect(await plan(spec(), [configMap('a')])).toMatchObject({
      actions: [{ target: { name: 'a' } }],
      faults: [{ class: 'Gone', message: 'there is no ConfigMap named b' }],
    })
  })

  it('of a kind that the cluster does not have fails', async () => {
    const planned = await plan(spec({ kind: 'Gadget.example.com' }), [])
    expect(planned).toMatchObject({ actions: [], faults: [{ class: 'Invalid', reason: 'UnknownKind' }] })
  })

  it.each([
    ['is refused is reported, and the others are patched', faultOf('Invalid'), 1],
    ['is gone by now needs nothing any more', faultOf('Gone', { reason: 'NotFound' }), 0],
  ])('what %s', async (_, fault, faults) => {
    const reader = readerOf([configMap('a'), configMap('b')])
    const read = {
      ...reader,
      tryOut: async (action: Parameters<typeof reader.tryOut>[0]) => {
        if (action.target.name === 'a') throw new FaultError(fault)
        return reader.tryOut(action)
      },
    }
    const planned = patch.plan(spec(), await patch.observe(spec(), run, read), run)
    expect(planned.actions).toMatchObject([{ target: { name: 'b' } }])
    expect(planned.faults).toHaveLength(faults)
  })
})

describe('a strategic patch', () => {
  it('is sent as one, with the mark', async () => {
    const { actions } = await plan(spec({ type: 'Strategic', names: ['a'] }), [configMap('a')])
    expect(actions).toMatchObject([
      {
        do: 'StrategicPatch',
        version: '1',
        body: { data: { level: 'info' }, metadata: { annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } } },
      },
    ])
  })
})

describe('a JSON patch', () => {
  const json = (...operations: readonly object[]) =>
    spec({ type: 'JSON', names: ['a'], patch: JSON.stringify(operations) })
  const replaced = { op: 'replace', path: '/data/level', value: 'info' }
  const mark = { op: 'add', path: '/metadata/annotations/rota.dev~1last-run', value: 'run-1' }
  const same = { op: 'replace', path: '/metadata/resourceVersion', value: '1' }

  it('stands on the version that was seen, and ends with the mark', async () => {
    const items = [annotated(configMap('a', { level: 'debug' }), { team: 'a' })]
    const { actions } = await plan(json(replaced), items)
    expect(actions).toMatchObject([
      { do: 'JsonPatch', operations: [same, replaced, mark], says: 'ConfigMap/a: changed (data.level)' },
    ])
  })

  it('finds annotations to add to, also where there are none', async () => {
    const added = { op: 'add', path: '/metadata/annotations/example.com~1team', value: 'a' }
    const items = [configMap('a', { level: 'debug' })]
    const planned = await plan(json(added), items)
    expect(planned.actions).toMatchObject([
      { operations: [same, { op: 'add', path: '/metadata/annotations', value: {} }, added, mark] },
    ])
    const [after] = applied(planned, items)
    expect(after?.metadata.annotations).toEqual({ 'example.com/team': 'a', [LAST_RUN_ANNOTATION]: 'run-1' })
  })

  it('that does not fit is reported', async () => {
    const planned = await plan(json({ op: 'test', path: '/data/level', value: 'x' }), [configMap('a', { level: 'y' })])
    expect(planned).toMatchObject({ actions: [], faults: [{ class: 'Invalid' }] })
  })

  it('that changes nothing counts as already so', async () => {
    const items = [configMap('a', { level: 'info' })]
    expect(await plan(json(replaced), items)).toMatchObject({ actions: [], already: 1 })
  })

  it('reads names with a slash and a tilde as RFC 6901 has them', async () => {
    const items = [configMap('a', { 'x/y~z': '1' })]
    const planned = await plan(json({ op: 'remove', path: '/data/x~1y~0z' }), items)
    expect(dataOf(applied(planned, items)[0])).toEqual({})
  })
})

it('takes the right to list and to patch the kind', async () => {
  const discovery = readerOf([], {}, [WIDGET])
  expect(await patch.rights(spec({ kind: 'Widget.example.com' }), discovery)).toEqual([
    { group: 'example.com', resource: 'widgets', verbs: ['list', 'patch'] },
  ])
})
