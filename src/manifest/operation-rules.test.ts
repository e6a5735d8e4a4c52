import { describe, expect, it } from 'vitest'
import { pathText } from './finding.ts'
import { operationRuleFindings } from './operation-rules.ts'

const said = (operation: object, target?: object) =>
  operationRuleFindings({ operation, ...(target && { target }) }, 'team-a').map(
    ({ path, message }) => `${pathText(path)}: ${message}`,
  )
const manifest = (metadata: object, kind = 'ConfigMap', apiVersion = 'v1') =>
  JSON.stringify({ apiVersion, kind, metadata: { name: 'x', ...metadata } })

describe('manifests', () => {
  it.each<[string, object | undefined, readonly string[]]>([
    [manifest({}), undefined, []],
    [manifest({ annotations: null }), undefined, []],
    [manifest({ namespace: 'team-a' }), undefined, []],
    [manifest({ namespace: 'team-b' }), { namespaces: ['team-a', 'team-b'] }, []],
    [manifest({ namespace: 'team-b' }), { namespaceSelector: { matchLabels: { a: 'b' } } }, []],
    [
      manifest({ namespace: 'team-b' }),
      undefined,
      ['document 1: ConfigMap/x: namespace team-b is no target of this task: add it to target.namespaces'],
    ],
    [
      manifest({}, 'Namespace'),
      undefined,
      ['document 1: Namespace/x: is not in a namespace: write createNamespace instead'],
    ],
    [
      manifest({}, 'ScheduledTask', 'rota.dev/v1alpha1'),
      undefined,
      ["document 1: ScheduledTask/x: tasks do not work on Rota's own kinds"],
    ],
    [
      manifest({ annotations: { 'rota.dev/sleep': '{}' } }),
      undefined,
      ['document 1: ConfigMap/x: annotation rota.dev/sleep is written by Rota: leave it out'],
    ],
    ['a: [', undefined, [expect.stringMatching(/^document 1: .* at line 1/)]],
  ])('%s with target %j: %j', (manifests, target, findings) => {
    const path = 'spec.operation.apply.manifests'
    const expected = findings.map(one => (typeof one === 'string' ? `${path}: ${one}` : expect.stringContaining(path)))
    expect(said({ apply: { manifests } }, target)).toEqual(expected)
  })
})

describe('a Job that has ended', () => {
  it.each([
    [undefined, []],
    [300, []],
    [
      0,
      [
        'spec.operation.job.template.ttlSecondsAfterFinished: must be at least 300, and is 0: Rota has to see how the Job has ended',
      ],
    ],
    ['x', []],
  ])('is kept for %j seconds: %j', (ttlSecondsAfterFinished, findings) => {
    expect(said({ job: { template: { ttlSecondsAfterFinished } } })).toEqual(findings)
  })
})
