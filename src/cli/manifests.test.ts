import { describe, expect, it } from 'vitest'
import { pathText } from '../manifest/finding.ts'
import { read } from './manifests.ts'

const task = (spec: string) => `apiVersion: rota.dev/v1alpha1\nkind: ScheduledTask\nmetadata: {name: a}\nspec:\n${spec}`
/** `line: path: message`. */
const said = (text: string) =>
  read(text).complaints.map(({ line, path, message }) => `${line}: ${pathText(path)}: ${message}`)

describe('manifests', () => {
  it('without mistakes are counted', () => {
    expect(read(`kind: Service\n---\n${task('  operation: {wake: {}}\n')}---\n`)).toMatchObject({
      complaints: [],
      tasks: [{ line: 3, object: { kind: 'ScheduledTask', spec: { operation: { wake: {} } } } }],
      skipped: 1,
    })
    expect(read('')).toEqual({ complaints: [], tasks: [], skipped: 0 })
  })

  it('say the line of each mistake, in the order of lines', () => {
    const text = task(
      '  timezone: UTC\n  operation:\n    scale:\n      names:\n        - web\n        - Web\n  schedule: 0 8 * *\n',
    )
    expect(said(text)).toEqual([
      '5: spec.timezone: is no field of spec: did you mean timeZone?',
      '7: spec.operation.scale.replicas: is missing',
      "10: spec.operation.scale.names[1]: write the name of an object: lower-case letters, digits, '-' and '.', with a letter or digit at both ends, such as web",
      "11: spec.schedule: '0 8 * *' must have exactly 5 fields separated by single spaces: minute hour day-of-month month day-of-week",
    ])
  })

  it('in later documents and in lists have their own lines', () => {
    const list =
      'kind: List\nitems:\n- apiVersion: rota.dev/v1alpha1\n  kind: ScheduledTask\n  metadata: {name: a}\n  spec: {}\n'
    expect(said(`kind: Service\n---\n${list}`)).toEqual(['8: items[0].spec.operation: is missing'])
  })

  it('as JSON are read alike', () => {
    const json = JSON.stringify(
      { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name: 'a' } },
      null,
      2,
    )
    expect(said(json)).toEqual(['1: spec: is missing'])
  })

  it.each([
    ['a: b: c\n', 1],
    ['a: 1\nb: [1,\n', 3],
    ['a: 1\na: 2\n', 2],
  ])('%j: what is no YAML is told with its line', (text, line) => {
    const { complaints } = read(text)
    expect(complaints[0]).toMatchObject({ line, path: [] })
  })

  it('with a typing error in the kind are not passed over', () => {
    const text = task('  operation: {wake: {}}\n').replace('kind: ScheduledTask', 'kind: SchedulTask')
    expect(said(text)).toEqual(['2: kind: must be ScheduledTask'])
  })
})
