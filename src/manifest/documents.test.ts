import { describe, expect, it } from 'vitest'
import { documentsIn, valueIn } from './documents.ts'
import { complaint } from './finding.ts'

const configMap = (metadata: object, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...more })
const text = (...documents: readonly unknown[]) => documents.map(one => JSON.stringify(one)).join('\n---\n')
/** Each line means ten times what the one before it does. */
const bomb = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`)}]`).join('\n')
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
    ['no labels and annotations', text(configMap({ name: 'a', labels: null, annotations: null })), ['ConfigMap/a']],
    ['a time that is none yet', text(configMap({ name: 'a', creationTimestamp: null })), ['ConfigMap/a']],
  ])('%s', (_, manifests, expected) => {
    expect(names(manifests)).toEqual(expected)
  })

  it.each([
    ['', 'there is no document in it'],
    ['---\n# only this\n', 'there is no document in it'],
    ['a: [', 'document 1: '],
    ['a: 1\n---\nb: 1\nb: 2', 'document 2: Map keys must be unique at line 4, column 1'],
    ['['.repeat(65_536), 'document 1: is nested too deeply at line 1, column '],
    ['&a {apiVersion: v1, self: *a}', 'document 1: an alias (*) stands within what it means'],
    [`a0: &a0 [x]\n${bomb}`, 'document 1: Excessive alias count'],
    ['!!binary aGVsbG8=', 'document 1: only maps, lists, texts, numbers, booleans and null can be written'],
    ['a: !!set {b, c}', 'document 1: only maps, lists, texts, numbers, booleans and null can be written'],
    ['a: .nan', 'document 1: NaN is no number for Kubernetes'],
    ['a: [{b: 12345678901234567890}]', 'document 1: 12345678901234567000 is too large to be kept exactly'],
    [text(configMap({ name: 'a', namespace: { toString: 1 } })), 'ConfigMap/a: metadata.namespace is no namespace'],
    [text(configMap({ name: 'a', labels: { b: { toString: 1 } } })), 'metadata.labels.b must be a text: it is none'],
    [text(configMap({ name: 'a', labels: ['b'] })), 'ConfigMap/a: metadata.labels must be a map of texts'],
    [text(configMap({ name: 'a', annotations: 'b' })), 'ConfigMap/a: metadata.annotations must be a map of texts'],
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
