import { cut } from '../lib/text.ts'

const LIMIT = 300
const WITHHELD = "the API server's words are left out, as they may hold what is secret"

/** Parts of messages that say nothing to people, or too much: what they are, and what is said instead. */
const CLEARER: readonly (readonly [RegExp, string])[] = [
  [/^.*?ValidatingAdmissionPolicy '([^']*)' with binding '[^']*' denied request: /s, 'policy $1: '],
  [/^admission webhook "([^"]*)" denied the request: /, 'webhook $1: '],
  // The whole object stands in front of the reason.
  [/^.*? is invalid: patch: Invalid value: "(?:[^"\\]|\\.)*": /s, ''],
  [/^failed to create typed patch object \([^)]*\): [.]?/, ''],
  [/^failed to convert new object \([^)]*\).*?: error decoding from json: /s, ''],
  [/&value\.valueUnstructured\{Value:(.*?)\}/g, '$1'],
  [/^json: cannot unmarshal (\w+) into Go struct field (\S+) of type (\S+)$/, '$2 cannot be of type $1'],
  [/^.* cannot be handled as an? \w+: /, ''],
  [/^strict decoding error: /, ''],
  [
    /^the server rejected our request due to an error in our request$/,
    'an operation of the JSON patch does not fit the object: a test fails, or a path is not there',
  ],
]

/** What the API server said of a request that is not valid, for people: short, and never what a Secret holds. */
export function wordsOf(resource: string, said: string): string {
  return resource === 'secrets' ? WITHHELD : inShort(said)
}

/** The same of what it did not allow: that holds nothing of the object, unless a policy says it. */
export function inShort(said: string): string {
  return cut(
    CLEARER.reduce((text, [what, instead]) => text.replace(what, instead), said),
    LIMIT,
  )
}
