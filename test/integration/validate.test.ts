import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { API_VERSION, KIND } from '../../src/api/names.ts'
import { withDefaults } from '../../src/manifest/defaults.ts'
import { pathText } from '../../src/manifest/finding.ts'
import { SPEC_SCHEMA } from '../../src/manifest/schema.generated.ts'
import { validate } from '../../src/manifest/validate.ts'
import { seed } from '../builders/seed.ts'
import { sharedCluster } from '../harness/cluster.ts'
import { dryRun, type Verdict } from './admission/dry-run.ts'
import { GOOD_SPECS } from './admission/good-specs.ts'

const CASES = 400
/** What admission cannot see: the insides of texts. */
const BEYOND = ['InvalidJob', 'InvalidLabel', 'InvalidManifests', 'InvalidPatch', 'OwnNamespace']
const WRONG: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1,
    10,
    1001,
    86_401,
    1e9,
    2 ** 31,
    2.5,
    '',
    ' ',
    'a',
    'A',
    'Always',
    'a\u0000b',
    'ü'.repeat(130),
  ],
  ...['x'.repeat(300), '0 20 * * *', 'Europe/Berlin', 'kube-system', {}, [], [''], ['a', 'a'], ['kube-x'], [null], [1]],
  ...[{ name: 'a' }, [{ name: 'a' }], [{ name: 'a' }, { name: 'a', more: 1 }], { sleep: {} }, { wake: {}, sleep: {} }],
]
const NAMES = [
  'title',
  'timeZone',
  'schedule',
  'dependsOn',
  'retry',
  'sleep',
  'wake',
  'scale',
  'names',
  'replicas',
  'constructor',
  '__proto__x',
]

/** A valid spec with up to three members put in, taken out or replaced, anywhere. */
const mutant = fc
  .tuple(
    fc.constantFrom(...Object.values(GOOD_SPECS)),
    fc.array(
      fc.record({
        at: fc.array(fc.nat(20), { maxLength: 4 }),
        how: fc.constantFrom('replace', 'drop', 'add'),
        name: fc.constantFrom(...NAMES),
        value: fc.constantFrom(...WRONG),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([spec, changes]) => changes.reduce((mutated, change) => mutate(mutated, change), spec as unknown))

interface Change {
  readonly at: readonly number[]
  readonly how: string
  readonly name: string
  readonly value: unknown
}

function mutate(value: unknown, { at, how, name, value: other }: Change): unknown {
  if (typeof value !== 'object' || value === null) return how === 'drop' ? null : other
  const keys = Object.keys(value)
  const [first = 0, ...rest] = at
  const key = keys[first % Math.max(1, keys.length)]
  if (key === undefined || how === 'add') return Array.isArray(value) ? [...value, other] : { ...value, [name]: other }
  const old: unknown = (value as Record<string, unknown>)[key]
  const next = rest.length > 0 ? mutate(old, { at: rest, how, name, value: other }) : how === 'drop' ? undefined : other
  if (Array.isArray(value))
    return value.flatMap((item, index) => (String(index) === key ? (next === undefined ? [] : [next]) : [item]))
  const { [key]: _, ...others } = value as Record<string, unknown>
  return next === undefined ? others : { ...others, [key]: next }
}

describe('the offline check', () => {
  let create: (spec: object, name?: string) => Promise<Verdict>
  beforeAll(() => {
    create = dryRun(sharedCluster().kubeconfig)
  })

  test(`refuses whatever the API server refuses, and little more, and reads the rest as it is stored (${CASES} mutants of valid specs)`, async () => {
    let refused = 0
    await fc.assert(
      fc.asyncProperty(mutant, async spec => {
        if (typeof spec !== 'object' || spec === null) return
        const verdict = await create(spec)
        const findings = validate({ apiVersion: API_VERSION, kind: KIND, metadata: { name: 'task' }, spec })
        if ('refused' in verdict) {
          refused++
          expect(findings, verdict.refused).not.toEqual([])
        } else {
          expect(
            findings
              .filter(({ reason }) => !BEYOND.includes(reason))
              .map(({ path, message }) => `${pathText(path)}: ${message}`),
          ).toEqual([])
          expect(withDefaults(SPEC_SCHEMA, spec)).toEqual(verdict.accepted['spec'])
        }
      }),
      { seed: seed(), numRuns: CASES, endOnFailure: true },
    )
    expect(refused).toBeGreaterThan(CASES / 4)
  }, 120_000)
})
