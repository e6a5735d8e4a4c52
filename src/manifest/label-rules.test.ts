import { describe, expect, it } from 'vitest'
import { pathText } from './finding.ts'
import { ruleFindings } from './rules.ts'

const said = (spec: object) =>
  ruleFindings(spec, { namespace: 'team-a', name: 'a' }).map(({ path, message }) => `${pathText(path)}: ${message}`)
const restart = (selector: object) => ({ operation: { restart: { selector } } })
const create = (labels: object, annotations: object = {}) => ({
  target: { namespaces: ['preview-1'] },
  operation: { createNamespace: { labels, annotations } },
})
const NO_NAME = 'is no name of a label or annotation: write such as example.com/name'
const NO_VALUE = "must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"

describe('labels that objects can have', () => {
  it.each([
    restart({ matchLabels: { 'app.kubernetes.io/name': 'web', empty: '' } }),
    restart({ matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'a_b.c', ''] }] }),
    create({ 'example.com/team': 'A' }, { 'example.com/owner': 'who knows 🦊' }),
  ])('%j', spec => {
    expect(said(spec)).toEqual([])
  })
})

describe('labels that none can have', () => {
  it.each<[object, string]>([
    [restart({ matchLabels: { 'a b': 'c' } }), `spec.operation.restart.selector.matchLabels.a b: ${NO_NAME}`],
    [restart({ matchLabels: { tier: 'web ' } }), `spec.operation.restart.selector.matchLabels.tier: ${NO_VALUE}`],
    [
      restart({ matchExpressions: [{ key: '', operator: 'Exists' }] }),
      `spec.operation.restart.selector.matchExpressions[0].key: ${NO_NAME}`,
    ],
    [
      restart({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b', 'c-'] }] }),
      `spec.operation.restart.selector.matchExpressions[0].values[1]: ${NO_VALUE}`,
    ],
    [
      { operation: { wake: {} }, target: { namespaceSelector: { matchLabels: { env: 'dev/test' } } } },
      `spec.target.namespaceSelector.matchLabels.env: ${NO_VALUE}`,
    ],
    [
      { operation: { sleep: { exclude: { selector: { matchLabels: { keep: 'yes!' } } } } } },
      `spec.operation.sleep.exclude.selector.matchLabels.keep: ${NO_VALUE}`,
    ],
    [create({ team: 'a/b' }), `spec.operation.createNamespace.labels.team: ${NO_VALUE}`],
    [create({}, { '/owner': 'a' }), `spec.operation.createNamespace.annotations./owner: ${NO_NAME}`],
  ])('%j', (spec, mistake) => {
    expect(said(spec)).toEqual([mistake])
  })
})
