import { describe, expect, it } from 'vitest'
import { patchProblem } from './patch-rules.ts'

const merge = (patch: unknown, more: object = {}) =>
  patchProblem({ kind: 'ConfigMap', names: ['a'], type: 'Merge', patch: JSON.stringify(patch), ...more })
const json = (...operations: readonly unknown[]) =>
  patchProblem({ kind: 'ConfigMap', type: 'JSON', patch: JSON.stringify(operations) })
const replace = (path: string) => ({ op: 'replace', path, value: 'x' })

describe('a merge patch', () => {
  it.each<[unknown]>([
    [{ data: { level: 'info' } }],
    [{ data: null }],
    [{ metadata: { labels: { tier: 'web' } } }],
    [{ metadata: { labels: null, annotations: { team: null, 'example.com/x': 'y' } } }],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: {} }],
  ])('%j is right', patch => {
    expect(merge(patch)).toBeUndefined()
    expect(merge(patch, { type: 'Strategic' })).toBeUndefined()
  })

  it.each<[unknown, string]>([
    [{}, 'must be a map, such as {data: {level: info}}; for a list of operations write type: JSON'],
    [[], 'must be a map, such as {data: {level: info}}; for a list of operations write type: JSON'],
    ['text', 'must be a map, such as {data: {level: info}}; for a list of operations write type: JSON'],
    [{ kind: 'Secret' }, 'cannot change kind: leave it out'],
    [{ kind: null }, 'cannot change kind: leave it out'],
    [{ metadata: { name: 'b' } }, 'cannot change metadata.name: leave it out'],
    [{ metadata: { name: null } }, 'cannot change metadata.name: leave it out'],
    [{ metadata: { namespace: 'b' } }, 'cannot change metadata.namespace: leave it out'],
    [{ metadata: { uid: 'b' } }, 'cannot change metadata.uid: leave it out'],
    [{ metadata: { resourceVersion: '1' } }, 'cannot change metadata.resourceVersion: leave it out'],
    [{ metadata: { managedFields: [] } }, 'cannot change metadata.managedFields: leave it out'],
    [{ metadata: null }, 'cannot remove all annotations: write null for each of those that are to go'],
    [{ metadata: { annotations: null } }, 'cannot remove all annotations: write null for each of those that are to go'],
    [{ metadata: 'x' }, 'metadata must be a map'],
    [{ metadata: { annotations: ['x'] } }, 'metadata.annotations must be a map'],
    [
      { metadata: { annotations: { 'rota.dev/sleep': null } } },
      'annotation rota.dev/sleep is written by Rota: leave it out',
    ],
  ])('%j is refused', (patch, problem) => {
    expect(merge(patch)).toBe(problem)
  })

  it('may name the object when it is the only one', () => {
    const patch = { metadata: { name: 'a' } }
    expect(merge(patch, { names: ['a', 'b'] })).toBe('cannot change metadata.name: leave it out')
    expect(merge(patch, { names: undefined })).toBe('cannot change metadata.name: leave it out')
  })

  it('may name the kind without its group', () => {
    expect(merge({ kind: 'Rollout', spec: {} }, { kind: 'Rollout.argoproj.io' })).toBeUndefined()
  })

  it('is YAML as kubectl reads it', () => {
    expect(patchProblem({ type: 'Merge', patch: 'spec:\n  hard: {pods: "50"}\n' })).toBeUndefined()
    expect(patchProblem({ type: 'Merge', patch: 'spec: {' })).toMatch(/line 1/)
    expect(patchProblem({ type: 'Merge', patch: 'a: b\n---\nc: d\n' })).toBe('must be one document')
  })

  it('of a wrong type is a matter of the structure', () => {
    expect(patchProblem({ patch: 5 })).toBeUndefined()
  })
})

describe('a JSON patch', () => {
  it.each<[unknown]>([
    [replace('/data/level')],
    [{ op: 'remove', path: '/metadata/labels' }],
    [{ op: 'add', path: '/metadata/annotations/example.com~1team', value: 'a' }],
    [{ op: 'test', path: '/metadata/name', value: 'a' }],
    [{ op: 'test', path: '', value: {} }],
    [{ op: 'copy', from: '/metadata/name', path: '/data/name' }],
    [{ op: 'move', from: '/data/a', path: '/data/b' }],
  ])('of %j is right', operation => {
    expect(json(operation)).toBeUndefined()
  })

  it.each<[unknown, string]>([
    [replace('/kind'), 'cannot change kind: leave it out'],
    [replace('/apiVersion'), 'cannot change apiVersion: leave it out'],
    [replace('/metadata/name'), 'cannot change metadata.name: leave it out'],
    [replace('/metadata/uid'), 'cannot change metadata.uid: leave it out'],
    [replace('/metadata/managedFields/0/manager'), 'cannot change metadata.managedFields: leave it out'],
    [{ op: 'move', from: '/metadata/namespace', path: '/data/x' }, 'cannot change metadata.namespace: leave it out'],
    [{ op: 'copy', from: '/data/x', path: '/metadata/name' }, 'cannot change metadata.name: leave it out'],
    [
      { op: 'remove', path: '/metadata/annotations/rota.dev~1last-run' },
      'annotation rota.dev/last-run is written by Rota: leave it out',
    ],
    [
      { op: 'add', path: '/metadata/annotations', value: {} },
      "'/metadata/annotations' is all of them at once: write single ones, such as /metadata/annotations/example.com~1team",
    ],
    [
      replace('/metadata'),
      "'/metadata' is all of them at once: write single ones, such as /metadata/annotations/example.com~1team",
    ],
    [replace(''), "'' is no path of a field: write such as /data/level"],
    [replace('data/level'), "'data/level' is no path of a field: write such as /data/level"],
    [{ op: 'move', path: '/data/x' }, "'undefined' is no path of a field: write such as /data/level"],
  ])('of %j is refused', (operation, problem) => {
    expect(json(operation)).toBe(problem)
    expect(json(replace('/data/fine'), operation)).toBe(problem)
  })

  it.each([[[]], [['x']], [[{ op: 'frob', path: '/data/x' }]], [[{ op: 'add', path: 5 }]], [[{ path: '/data/x' }]]])(
    '%j is no list of operations',
    operations => {
      expect(json(...operations)).toBe(
        'must be a list of operations, such as [{op: replace, path: /data/level, value: info}]',
      )
    },
  )
})
