import { describe, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

const OBJECT = '{\\"apiVersion\\":\\"v1\\",\\"data\\":{\\"a\\":\\"1\\"}}'
/** As v1.36.3 says them. */
const SAID: readonly (readonly [string, string])[] = [
  [
    ` "" is invalid: patch: Invalid value: "${OBJECT}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string`,
    'ConfigMap.data cannot be of type number',
  ],
  [
    ` "" is invalid: patch: Invalid value: "${OBJECT}": strict decoding error: unknown field "dta"`,
    'unknown field "dta"',
  ],
  [
    ` "" is invalid: patch: Invalid value: "map[dta:map[a:5]]": strict decoding error: unknown field "dta"`,
    'unknown field "dta"',
  ],
  [
    'failed to create typed patch object (team-a/n; apps/v1, Kind=Deployment): .spec.replcas: field not declared in schema',
    'spec.replcas: field not declared in schema',
  ],
  [
    'failed to create typed patch object (team-a/c; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}',
    'data.a: expected string, got 1',
  ],
  [
    'failed to convert new object (/s; /v1, Kind=Service) to proper version: unable to convert unstructured object to /v1, Kind=Service: error decoding from json: illegal base64 data at input byte 3',
    'illegal base64 data at input byte 3',
  ],
  [
    'Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.backofLimit"',
    'unknown field "spec.backofLimit"',
  ],
  [
    'the server rejected our request due to an error in our request',
    'an operation of the JSON patch does not fit the object: a test fails, or a path is not there',
  ],
  [
    'Job.batch "x" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    'Job.batch "x" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
]

describe('what the API server said of a request that is not valid', () => {
  it.each(SAID)('%s: %s', (said, words) => {
    expect(wordsOf('configmaps', said)).toBe(words)
  })

  it.each(SAID)('of a Secret is never repeated: %s', said => {
    expect(wordsOf('secrets', said)).toBe("the API server's words are left out, as they may hold what is secret")
  })

  it('is cut', () => {
    expect(wordsOf('pods', 'x'.repeat(1000))).toBe(`${'x'.repeat(299)}…`)
  })
})
