import { BAD_SCHEDULES, REFUSED_LATER } from '../integration/admission/schedules.ts'
import type { BadInput } from './cases.ts'
import type { Path } from './mutations.ts'

/** Works, and changes nothing unless it is asked to. */
export const RIGHT = { operation: { restart: { names: ['web'] } } }

const ZONES = ['Local', '+02:00', 'UTC+2', '25:00', 'europe/berlin', 'Europe/Berln', 'posix/UTC', '../UTC', 'Factory']
const document = (metadata: unknown, more: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...more })
/** Each line means nine times what the one before it does. */
const bomb = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`)}]`).join('\n')

const MANIFESTS: Readonly<Record<string, string>> = {
  'broken YAML': 'a: [',
  'a tab': 'a:\n\t- b',
  'an alias bomb': `a0: &a0 [x]\n${bomb}`,
  'an alias within itself': '&a {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, self: *a}',
  'an alias of nothing': 'a: *b',
  'a merge of no map': '<<: [1]',
  'a tag of JavaScript': '!!js/function "x"',
  '64 KiB of brackets': '['.repeat(65_536),
  '64 KiB of commas': `[${','.repeat(65_535)}`,
  '64 KiB of quotes': '"'.repeat(65_536),
  '64 KiB of lists': '- '.repeat(32_768),
  '64 KiB of spaces': ' '.repeat(65_536),
  '20,000 empty documents': '---\n'.repeat(16_384),
  'no object': '[1]',
  'no apiVersion': '{kind: ConfigMap, metadata: {name: a}}',
  'a kind of 60,000 characters': document({ name: 'a' }, { kind: 'k'.repeat(60_000) }),
  'a name of 60,000 characters': document({ name: '-'.repeat(60_000) }),
  'a name that is a path': document({ name: '../secrets/a' }),
  'a name that is a map': document({ name: { toString: 1 } }),
  'a namespace that is a map': document({ name: 'a', namespace: { toString: 1 } }),
  'a label that is a map': document({ name: 'a', labels: { b: { toString: 1 } } }),
  'labels that are a list': document({ name: 'a', labels: ['b'] }),
  'a uid': document({ name: 'a', uid: 'b' }),
  'the same twice': `${document({ name: 'a' })}\n---\n${document({ name: 'a' })}`,
  'a mark of Rota': document({ name: 'a', annotations: { 'rota.dev/sleep': '{}' } }),
  'a task': document({ name: 'a' }, { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask' }),
  'a namespace': document({ name: 'a' }, { kind: 'Namespace' }),
  'a namespace that is no target': document({ name: 'a', namespace: 'kube-system' }),
  NaN: document({ name: 'a' }).replace('}}', '}, data: .nan}'),
}

const PATCHES: readonly (readonly [type: string, patch: string])[] = [
  ['Merge', '{'],
  ['Merge', '5'],
  ['Merge', '[]'],
  ['Merge', '{}'],
  ['Merge', 'null'],
  ['Merge', '{"metadata":null}'],
  ['Merge', '{"metadata":{"name":"b"}}'],
  ['Merge', '{"metadata":{"annotations":null}}'],
  ['Merge', '{"metadata":{"annotations":{"rota.dev/last-run":"x"}}}'],
  ['Merge', '{"kind":"Secret"}'],
  ['Merge', '&a {self: *a}'],
  ['Strategic', '{"metadata":{"uid":"b"}}'],
  ['JSON', '{"data":{}}'],
  ['JSON', '[]'],
  ['JSON', '[{"op":"replace"}]'],
  ['JSON', '[{"op":"destroy","path":"/data"}]'],
  ['JSON', '[{"op":"add","path":"data","value":1}]'],
  ['JSON', '[{"op":"replace","path":"/metadata/name","value":"b"}]'],
  ['JSON', '[{"op":"remove","path":"/metadata/annotations"}]'],
]

/** What has broken schedulers before, by hand: see edge-cases.md. */
export function seeds(): readonly BadInput[] {
  const made: BadInput[] = []
  const add = (name: string, spec: object, ...fields: readonly Path[]) =>
    made.push({ name: `seed: ${name}`, spec, right: RIGHT, fields })
  const restart = RIGHT.operation
  for (const schedule of [...BAD_SCHEDULES.map(([text]) => text), ...REFUSED_LATER]) {
    add(`schedule ${JSON.stringify(schedule)}`, { schedule, operation: restart }, ['schedule'])
    add(`wakeSchedule ${JSON.stringify(schedule)}`, { operation: { sleep: { wakeSchedule: schedule } } }, [
      'operation',
      'sleep',
      'wakeSchedule',
    ])
  }
  for (const timeZone of ZONES) add(`zone ${timeZone}`, { timeZone, operation: restart }, ['timeZone'])
  for (const [name, manifests] of Object.entries(MANIFESTS)) {
    add(`apply of ${name}`, { operation: { apply: { manifests } } }, ['operation', 'apply', 'manifests'])
    add(
      `createNamespace with ${name}`,
      { operation: { createNamespace: { manifests } }, target: { namespaces: ['preview-1'] } },
      ['operation', 'createNamespace', 'manifests'],
    )
  }
  for (const [type, patch] of PATCHES) {
    const spec = { operation: { patch: { kind: 'ConfigMap', names: ['a'], type, patch } } }
    add(`patch (${type}) ${patch}`, spec, ['operation', 'patch', 'patch'])
  }
  add('two operations', { operation: { sleep: {}, wake: {} } }, ['operation'])
  add('no operation', { operation: {} }, ['operation'])
  add('all operations', { operation: { sleep: {}, wake: {}, restart: {}, job: { image: 'a' } } }, ['operation'])
  add('a target of the cluster', { operation: restart, target: { namespaces: ['kube-system'] } }, ['target'])
  add('a kind of Rota', { operation: { cleanup: { kinds: ['ScheduledTask.rota.dev'], keepNewest: 1 } } }, [
    'operation',
    'cleanup',
    'kinds',
  ])
  add(
    'a Job that is gone before Rota has seen its end',
    { operation: { job: { template: { ttlSecondsAfterFinished: 0 } } } },
    ['operation', 'job', 'template'],
  )
  return made
}

/** Annotations that cannot be understood; `undefined` when it depends on the time. */
export const BAD_ANNOTATIONS: readonly (readonly [name: string, value: string])[] = [
  ...['run', 'wake', 'cancel'].flatMap(name =>
    ['', ' ', 'a b', 'x'.repeat(65), '🦊', 'a\nb', '../x', '{}'].map(value => [`rota.dev/${name}`, value] as const),
  ),
  ...[
    '',
    'tomorrow',
    '2026-11-24',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T25:00:00Z',
    '2026-11-24T22:00:00',
    '+010000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '-1',
    '1e12',
  ].map(value => ['rota.dev/hold-until', value] as const),
]
