import { describe, expect, test } from 'vitest'
import type { ScheduledTask, Spec } from '../../src/api/task.ts'
import { fold } from '../../src/decide/fold.ts'
import { type Task, taskOf } from '../../src/decide/task.ts'
import { withDefaults } from '../../src/manifest/defaults.ts'
import { SPEC_SCHEMA } from '../../src/manifest/schema.generated.ts'
import { UNKNOWN_FIELD } from '../../src/manifest/structure.ts'
import { validate } from '../../src/manifest/validate.ts'
import { at, BOUNDS, decided, objectOf, task } from '../builders/task.ts'
import { BASES } from './bases.ts'
import { type BadInput, fromSchema, namesOneOf } from './cases.ts'
import { crdSchema } from './crd.ts'
import { fieldsIn, fieldsOf } from './mutations.ts'

const NOW = '2026-01-05T12:00:00Z'
const OBJECT = objectOf(task({ name: 'bad', observed: false }))

/** A spec that got past admission, or was there before: an older CRD let it pass. */
function read(spec: unknown, name = 'bad'): Task {
  const object: ScheduledTask = { ...OBJECT, metadata: { ...OBJECT.metadata, name }, spec: spec as Spec }
  return taskOf(object, BOUNDS)
}

/** What is wrong with how the controller takes it; the empty text: nothing. */
function misread({ spec, right, fields }: BadInput): string {
  const bad = read(spec)
  const findings = validate({ apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name: 'bad' }, spec })
  const isBad = findings.some(({ reason }) => reason !== UNKNOWN_FIELD)
  if (isBad !== (bad.problem !== undefined))
    return `is ${isBad ? '' : 'not '}bad, and its problem is ${bad.problem?.message}`
  if (bad.problem && !namesOneOf(bad.problem.message, fields)) return `no field is named: ${bad.problem.message}`
  if (isBad) {
    const status = fold(bad, [], at(NOW))
    const stalled = status.conditions?.find(({ type }) => type === 'Stalled')
    if (stalled?.status !== 'True' || status.phase !== 'Stalled') return `is not stalled: ${JSON.stringify(status)}`
    const later = decided({ ...bad, status }, NOW)
    if (later.do !== 'Nothing') return `${later.rule} decides ${later.do}`
  }
  return read(right).problem ? 'the right one is bad' : ''
}

describe('a spec that got past admission', () => {
  const cases = fromSchema()

  test('every field of the CRD is in a good spec', () => {
    const schema = crdSchema('spec')
    const set = new Set(Object.values(BASES).flatMap(spec => fieldsIn(schema, spec)))
    expect(fieldsOf(schema).filter(field => !set.has(field))).toEqual([])
  })

  test(`is Stalled with the name of the field, or works; nothing throws (${cases.length} mutations of the schema)`, () => {
    const wrong = cases.flatMap(one => {
      try {
        const what = misread(one)
        return what === '' ? [] : [`${one.name}: ${what}`]
      } catch (error) {
        return [`${one.name}: ${error instanceof Error ? error.stack?.slice(0, 300) : String(error)}`]
      }
    })
    expect(wrong).toEqual([])
  })

  test.each([null, undefined, 5, 'text', [], {}, { operation: null }, { operation: 'sleep' }])(
    '%j as a whole',
    spec => {
      expect(read(spec).problem?.message).toContain('spec')
    },
  )

  test('a field that only a newer version knows stalls nothing', () => {
    expect(read({ ...BASES['sleep'], keepAlive: true }).problem).toBeUndefined()
  })

  test('what is good in it stays', () => {
    const { spec } = read({ ...BASES['everything'], priority: 'high', target: { namespaces: ['team-b', 5] } })
    const good = withDefaults(SPEC_SCHEMA, { ...BASES['everything'], priority: undefined }) as Spec
    expect(spec).toEqual({ ...good, target: { namespaces: ['team-b'] } })
  })
})
