import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { shortcomings } from './crd-schema.ts'

test('our CRD describes and bounds everything', async () => {
  const crd = parse(await readFile(new URL('../../crds/rota.dev_scheduledtasks.yaml', import.meta.url), 'utf8'))
  const { spec, status } = crd.spec.versions[0].schema.openAPIV3Schema.properties
  expect(shortcomings(spec, 'spec')).toEqual([])
  expect(shortcomings(status, 'status')).toEqual([])
})

test.each([
  ['a string without end', { type: 'string' }, 'x: a string without maxLength'],
  ['a list without end', { type: 'array', items: { type: 'integer' } }, 'x: a list without maxItems'],
  ['a long item', { type: 'array', maxItems: 1, items: { type: 'string' } }, 'x[]: a string without maxLength'],
  [
    'a map without end',
    { type: 'object', additionalProperties: { type: 'integer' } },
    'x: a map without maxProperties',
  ],
  ['anything', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, 'x: takes anything'],
  [
    'a mute rule',
    { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1' }] },
    'x: a rule without message: self > 1',
  ],
  ['no words', { type: 'object', properties: { a: { type: 'boolean' } } }, 'x.a: no description'],
])('%s is found', (_, schema, problem) => {
  expect(shortcomings(schema, 'x')).toEqual([problem])
})

test('enums and times are bounded by nature', () => {
  expect(shortcomings({ type: 'string', enum: ['a'] }, 'x')).toEqual([])
  expect(shortcomings({ type: 'string', format: 'date-time' }, 'x')).toEqual([])
})
