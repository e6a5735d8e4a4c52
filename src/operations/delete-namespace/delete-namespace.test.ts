import { describe, expect, it } from 'vitest'
import { applied, item, runOf } from '../../../test/builders/items.ts'
import { faultOf } from '../../../test/builders/targets.ts'
import { FaultError } from '../../api/fault.ts'
import { NAMESPACE } from '../../api/kinds.ts'
import { DELETABLE_LABEL } from '../../api/names.ts'
import { rfc3339, SECOND } from '../../lib/instant.ts'
import type { Reader } from '../contract.ts'
import type { Item } from '../item.ts'
import { deleteNamespace } from './delete-namespace.ts'

type Spec = Parameters<typeof deleteNamespace.plan>[0]
type Options = NonNullable<Parameters<typeof item>[1]> & { readonly finalizers?: readonly string[] }

const ONE = ['preview-1']
const runFor = (namespaces: readonly string[]) => runOf({ operation: 'deleteNamespace', namespaces })
const run = runFor(ONE)
/** So many seconds before the slot. */
const ago = (seconds: number) => rfc3339(run.slotTime - seconds * SECOND)
const deletable = { [DELETABLE_LABEL]: 'true' }

function namespace(name: string, { finalizers, ...options }: Options = {}): Item {
  const made = item(NAMESPACE, { name, namespace: name, created: ago(3600), ...options })
  return finalizers ? { ...made, metadata: { ...made.metadata, finalizers } } : made
}

/** Names confirmed unless the spec says otherwise. */
function plan(items: readonly Item[], spec: Spec = { confirm: ONE }, context = run) {
  const gone = context.namespaces.filter(name => !items.some(({ metadata }) => metadata.name === name))
  return deleteNamespace.plan(spec, { items, faults: [], gone }, context)
}

describe('deleteNamespace deletes', () => {
  it('exactly the namespace that was seen, and waits for its end', () => {
    const planned = plan([namespace('preview-1', { uid: 'uid-1' })])
    expect(planned).toMatchObject({
      actions: [{ do: 'Delete', uid: 'uid-1', says: 'Namespace/preview-1: deleted' }],
      done: [],
      already: 0,
      left: [],
      faults: [],
      pending: 'waits for the end of preview-1',
    })
    expect(() => applied(planned, [namespace('preview-1', { uid: 'uid-2' })])).toThrow('Conflict')
  })

  it.each<[string, Item, Spec, 'deleted' | string]>([
    ['confirmed: without any label', namespace('preview-1'), { confirm: ONE }, 'deleted'],
    ['chosen by label: one that may be deleted', namespace('preview-1', { labels: deletable }), {}, 'deleted'],
    ['but no other', namespace('preview-1'), {}, 'NotDeletable: is not labelled rota.dev/deletable=true'],
    [
      'nor one with another value',
      namespace('preview-1', { labels: { [DELETABLE_LABEL]: 'yes' } }),
      {},
      'NotDeletable: is not labelled rota.dev/deletable=true',
    ],
    ['made before the slot', namespace('preview-1', { created: ago(1) }), { confirm: ONE }, 'deleted'],
    [
      'nothing that came with the slot',
      namespace('preview-1', { created: ago(0) }),
      { confirm: ONE },
      'TooYoung: was created after the slot',
    ],
    [
      'nor later, as one that was made again',
      namespace('preview-1', { created: ago(-5) }),
      { confirm: ONE },
      'TooYoung: was created after the slot',
    ],
    [
      'what had the age',
      namespace('preview-1', { created: ago(60) }),
      { confirm: ONE, olderThanSeconds: 60 },
      'deleted',
    ],
    [
      'nothing younger',
      namespace('preview-1', { created: ago(59) }),
      { confirm: ONE, olderThanSeconds: 60 },
      'TooYoung: was younger than 60 s at the slot',
    ],
    [
      'nothing whose age is unknown',
      item(NAMESPACE, { name: 'preview-1', namespace: 'preview-1' }),
      { confirm: ONE },
      'TooYoung: was created after the slot',
    ],
  ])('%s', (_, found, spec, expected) => {
    const { actions, left, pending } = plan([found], spec)
    expect([...actions.map(() => 'deleted'), ...left.map(({ reason, message }) => `${reason}: ${message}`)]).toEqual([
      expected,
    ])
    expect(pending === undefined).toBe(actions.length === 0)
  })

  it('its own namespace never, and the others all the same', () => {
    const items = [namespace('team-a', { labels: deletable }), namespace('preview-1', { labels: deletable })]
    const planned = plan(items, {}, runFor(['team-a', 'preview-1']))
    expect(planned.actions.map(({ target }) => target.name)).toEqual(['preview-1'])
    expect(planned.pending).toBe('waits for the end of preview-1')
    expect(planned.faults).toMatchObject([
      {
        class: 'Invalid',
        reason: 'OwnNamespace',
        message: "namespace team-a is the task's own: it is never deleted by it",
      },
    ])
  })

  it('and says nothing of its own namespace where labels mean that but it may not be deleted anyway', () => {
    expect(plan([namespace('team-a')], {}, runFor(['team-a']))).toMatchObject({
      actions: [],
      left: [{ reason: 'NotDeletable' }],
      faults: [],
    })
  })

  it('one namespace at most, unless the author says more', () => expect(deleteNamespace.limit).toBe(1))
})

describe('a namespace that is being deleted', () => {
  const dying = (options: Options) => plan([namespace('preview-1', { terminating: true, ...options })])
  const condition = (type: string, message: string, status = 'True') => ({ type, status, message })

  it.each<[string, Options, string]>([
    ['is waited for', {}, 'preview-1'],
    [
      'is named with what keeps it',
      {
        status: {
          conditions: [
            condition('NamespaceDeletionDiscoveryFailure', 'All resources successfully discovered', 'False'),
            condition('NamespaceContentRemaining', 'Some resources are remaining: pods. has 1 resource instances'),
            condition('NamespaceFinalizersRemaining', 'finalizers remaining: example.com/hold in 1 resource instances'),
          ],
        },
      },
      'preview-1 (Some resources are remaining: pods. has 1 resource instances; finalizers remaining: example.com/hold in 1 resource instances)',
    ],
    [
      'also when an API server beside the cluster does not answer',
      { status: { conditions: [condition('NamespaceDeletionDiscoveryFailure', 'metrics.k8s.io/v1beta1: stale')] } },
      'preview-1 (metrics.k8s.io/v1beta1: stale)',
    ],
    [
      'and with its own finalizers',
      { finalizers: ['example.com/a', 'example.com/b'] },
      'preview-1 (its own finalizers: example.com/a and example.com/b)',
    ],
  ])('%s', (_, options, said) => {
    expect(dying(options)).toMatchObject({ actions: [], already: 0, pending: `waits for the end of ${said}` })
  })

  it('and gone at last is what this attempt has deleted, or was gone before', () => {
    const target = { kind: NAMESPACE, namespace: 'preview-1', name: 'preview-1' }
    expect(plan([], { confirm: ONE }, { ...run, changed: [target] })).toMatchObject({ already: 0 })
    expect(plan([])).toMatchObject({ actions: [], already: 1, left: [], faults: [] })
    expect(plan([])).not.toHaveProperty('pending')
  })
})

describe('what cannot be read', () => {
  it('is a fault, and the others are deleted', async () => {
    const refused = faultOf('Refused', { reason: 'Forbidden' })
    const read = {
      get: async ({ name }: { readonly name: string }) => {
        if (name === 'secret') throw new FaultError(refused)
        return name === 'gone' ? undefined : namespace(name)
      },
    } as Partial<Reader> as Reader
    const context = runFor(['secret', 'gone', 'preview-1'])
    const seen = await deleteNamespace.observe({}, context, read)
    expect(deleteNamespace.plan({ confirm: context.namespaces }, seen, context)).toMatchObject({
      actions: [{ target: { name: 'preview-1' } }],
      already: 1,
      faults: [refused],
    })
  })
})
