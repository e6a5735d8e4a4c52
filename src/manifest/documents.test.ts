import { describe, expect, it } from 'vitest'
import { documentsIn, valueIn } from './documents.ts'
import { complaint } from './finding.ts'

const configMap = (metadata: object, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...more })
const text = (...documents: readonly unknown[]) => documents.map(one => JSON.stringify(one)).join('\n---\n')
const names = (manifests: string) => documentsIn(manifests).map(({ kind, metadata }) => `${kind}/${metadata.name}`)

describe('the documents in a text', () => {
  it.each([
    ['one', text(configMap({ name: 'a' })), ['ConfigMap/a']],
    ['several', text(configMap({ name: 'a' }), configMap({ name: 'b' })), ['ConfigMap/a', 'ConfigMap/b']],
    [
      'empty ones between them',
      `---\n\n---\n${text(configMap({ name: 'a' }))}\n---\n# nothing\n---\n`,
      ['ConfigMap/a'],
    ],
    ['nothing left out', text(configMap({ name: 'a' }), null), ['ConfigMap/a']],
    [
      'a List',
      text({ apiVersion: 'v1', kind: 'List', items: [configMap({ name: 'a' }), configMap({ name: 'b' })] }),
      ['ConfigMap/a', 'ConfigMap/b'],
    ],
    [
      'the same name in two namespaces',
      text(configMap({ name: 'a', namespace: 'x' }), configMap({ name: 'a', namespace: 'y' })),
      ['ConfigMap/a', 'ConfigMap/a'],
    ],
    [
      'the same name of two groups',
      text(configMap({ name: 'a' }), { apiVersion: 'x.io/v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      ['ConfigMap/a', 'ConfigMap/a'],
    ],
    ['a time that is none yet', text(configMap({ name: 'a', creationTimestamp: null })), ['ConfigMap/a']],
  ])('%s', (_, manifests, expected) => {
    expect(names(manifests)).toEqual(expected)
  })

  it.each([
    ['', 'there is no document in it'],
    ['---\n# only this\n', 'there is no document in it'],
    ['a: [', 'document 1: '],
    ['just text', 'document 1: is no object'],
    [text([1]), 'document 1: is no object'],
    [
      text(configMap({ name: 'a' }), { kind: 'ConfigMap', metadata: { name: 'b' } }),
      'document 2: needs apiVersion and kind',
    ],
    [text(configMap({})), 'document 1: ConfigMap needs metadata.name'],
    [text(configMap({ generateName: 'a-' })), 'document 1: ConfigMap needs metadata.name'],
    [text(configMap({ name: '../secrets/b' })), "document 1: ConfigMap: '../secrets/b' is no name"],
    [text(configMap({ name: 'a', namespace: 'x/y' })), "document 1: ConfigMap/a: 'x/y' is no namespace"],
    [text({ ...configMap({ name: 'a' }), apiVersion: 'v1/../x' }), "document 1: apiVersion 'v1/../x' is none"],
    [text({ ...configMap({ name: 'a' }), kind: 'configmaps' }), "document 1: kind 'configmaps' is none"],
    [text(configMap({ name: 'a', labels: { n: 5 } })), 'document 1: ConfigMap/a: metadata.labels.n must be a text'],
    [
      text(configMap({ name: 'a', uid: 'x' })),
      "document 1: ConfigMap/a: metadata.uid is the API server's own: leave it out",
    ],
    [text(configMap({ name: 'a', resourceVersion: '5' })), 'document 1: ConfigMap/a: metadata.resourceVersion is '],
    [text(configMap({ name: 'a', managedFields: [] })), 'document 1: ConfigMap/a: metadata.managedFields is '],
    [text(configMap({ name: 'a' }), configMap({ name: 'a' })), 'document 2: ConfigMap/a is there twice'],
    [
      text(configMap({ name: 'a', namespace: 'x' }), configMap({ name: 'a', namespace: 'x' })),
      'document 2: ConfigMap/a is there twice',
    ],
    [
      text(configMap({ name: 'a' }), configMap({ name: 'a', namespace: 'x' })),
      'document 2: ConfigMap/a is there twice',
    ],
    [
      text(configMap({ name: 'a', namespace: 'x' }), configMap({ name: 'a' })),
      'document 2: ConfigMap/a is there twice',
    ],
  ])('%j is refused: %s', (manifests, problem) => {
    expect(() => documentsIn(manifests)).toThrow(problem)
  })

  it('says nothing of what a Secret holds', () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: hunter2\n'
    const said = complaint(() => documentsIn(secret))
    expect(said).toMatch(/^document 1: .*line 5/)
    expect(said).not.toContain('hunter2')
  })
})

describe('YAML is read as kubectl reads it', () => {
  it.each([
    ['a: 0644', { a: 420 }],
    ['a: yes', { a: true }],
    ['a: 22:22', { a: '22:22' }],
    ['a: 2026-01-05', { a: '2026-01-05' }],
    ['a: "0644"', { a: '0644' }],
    ['b: &x {c: 1}\na: *x', { b: { c: 1 }, a: { c: 1 } }],
    ['a:\n  <<: {c: 1}\n  d: 2', { a: { c: 1, d: 2 } }],
  ])('%j', (yaml, value) => {
    expect(valueIn(yaml)).toEqual(value)
  })
})
