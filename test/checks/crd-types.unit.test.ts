import { expect, test } from 'vitest'
import { drift, typesOf } from './crd-types.ts'

const crd = `
spec:
  names: {kind: Job}
  versions:
    - schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [names]
              properties:
                names: {type: array, minItems: 1, maxItems: 3, items: {type: string}}
                mode: {description: How., type: string, enum: [Fast, Slow], default: Fast}
                title: {type: string}
                none: {type: object}
            status:
              type: object
              properties:
                done: {type: array, items: {type: object, required: [id], properties: {id: {type: string}}}}
`

test('bounds vanish, defaults make required, everything is readonly', async () => {
  const text = await typesOf(crd, 'crd.yaml')
  expect(text).toContain('readonly names: readonly string[]\n')
  expect(text).toContain("/** How. */\n  readonly mode: 'Fast' | 'Slow'\n")
  expect(text).toContain('readonly title?: string\n')
  expect(text).toContain('readonly none?: Readonly<Record<string, never>>\n')
  expect(text).toContain('readonly done?: readonly {\n    readonly id: string\n  }[]\n')
  expect(text).toContain('readonly spec: JobSpec\n  readonly status?: JobStatus\n')
})

test('a change of the CRD changes the file', async () => {
  expect(await typesOf(crd.replace('Slow', 'Steady'), 'crd.yaml')).not.toBe(await typesOf(crd, 'crd.yaml'))
})

test('a CRD without status is refused', async () => {
  await expect(typesOf(crd.replace('status:', 'other:'), 'crd.yaml')).rejects.toThrow(
    'crd.yaml must describe spec and status',
  )
})

test('a file that differs or is missing has drifted', () => {
  expect(drift('a', 'a')).toBeUndefined()
  expect(drift('a\n', 'a')).toBe('is not what the CRD gives')
  expect(drift(undefined, 'a')).toBe('is missing')
})
