import { describe, expect, it } from 'vitest'
import { pathText } from './finding.ts'
import { nearest } from './nearest.ts'
import { validate } from './validate.ts'

const good = { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name: 'a', namespace: 'team-a' } }
const restart = { restart: { names: ['web'] } }
/** `path: message` of all mistakes. */
const said = (manifest: unknown) => validate(manifest).map(({ path, message }) => `${pathText(path)}: ${message}`)
const ofSpec = (spec: object) => said({ ...good, spec: { operation: restart, ...spec } })

describe('a manifest', () => {
  it('of the README is right', () => {
    const spec = {
      title: 'Put team-a to sleep at night',
      costCenter: 'cc-4711',
      schedule: '0 20 * * 1-5',
      timeZone: 'Europe/Berlin',
      serviceAccountName: 'rota',
      operation: { sleep: { wakeSchedule: '0 7 * * 1-5' } },
    }
    expect(said({ ...good, spec })).toEqual([])
  })

  it('with several mistakes has them all named', () => {
    expect(
      ofSpec({ priority: 1.5, retry: { attempts: 11 }, operation: { sleep: {}, wake: {} }, schedule: '0 8 * *' }),
    ).toEqual([
      'spec.priority: must be a whole number, and is 1.5',
      'spec.retry.attempts: must be at most 10, and is 11',
      'spec.operation: must have exactly one of sleep, wake, scale, restart, cleanup, createNamespace, deleteNamespace, patch, apply, job',
      "spec.schedule: '0 8 * *' must have exactly 5 fields separated by single spaces: minute hour day-of-month month day-of-week",
    ])
  })

  it.each([
    [
      'no map',
      5,
      [
        'apiVersion: must be rota.dev/v1alpha1',
        'kind: must be ScheduledTask',
        'metadata.name: is missing',
        'spec: is missing',
      ],
    ],
    ['no spec', good, ['spec: is missing']],
    [
      'another version',
      { ...good, apiVersion: 'rota.dev/v1', spec: { operation: restart } },
      ['apiVersion: must be rota.dev/v1alpha1'],
    ],
    [
      'a field beside spec',
      { ...good, spec: { operation: restart }, sepc: {} },
      ['sepc: is no field of a ScheduledTask'],
    ],
  ])('that is %s', (_, manifest, mistakes) => {
    expect(said(manifest)).toEqual(mistakes)
  })
})

describe('metadata', () => {
  const of = (metadata: object) => said({ ...good, metadata: { name: 'a', ...metadata }, spec: { operation: restart } })
  it.each([
    [{ labels: { team: 'a', 'example.com/x': '' }, annotations: { 'rota.dev/run': '2026-11-24T04:00:00Z' } }, []],
    [
      { name: 'Nights' },
      ["metadata.name: must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends"],
    ],
    [{ name: 'n'.repeat(53) }, ['metadata.name: must have at most 52 characters, and has 53']],
    [
      { namespace: 'team.a' },
      [
        "metadata.namespace: must be at most 63 lower-case letters, digits and '-', with a letter or digit at both ends",
      ],
    ],
    [{ lables: {} }, ['metadata.lables: is no field of metadata: did you mean labels?']],
    [{ labels: { team: 5 } }, ['metadata.labels.team: must be a text: write "5" in quotes']],
    [
      { annotations: { 'rota.dev/run': 'now, please' } },
      [
        'metadata.annotations.rota.dev/run: annotation rota.dev/run must be a token of 1 to 64 characters out of A-Z a-z 0-9 . _ : + -, such as the current time',
      ],
    ],
    [
      { annotations: { 'rota.dev/hold-until': 'tomorrow' } },
      [
        'metadata.annotations.rota.dev/hold-until: annotation rota.dev/hold-until must be an RFC 3339 time such as 2026-11-24T22:00:00Z',
      ],
    ],
  ])('%j', (metadata, mistakes) => {
    expect(of(metadata)).toEqual(mistakes)
  })
})

describe('a spec', () => {
  it.each([
    [{ timezone: 'UTC' }, ['spec.timezone: is no field of spec: did you mean timeZone?']],
    [{ schedule: 5 }, ['spec.schedule: must be a text, and is 5']],
    [{ suspend: 'yes' }, ['spec.suspend: must be true or false, and is "yes"']],
    [{ suspend: null }, []],
    [{ title: 'a\nb' }, ['spec.title: must be one line of text, without line breaks or other control characters']],
    [{ title: 'ü'.repeat(121) }, ['spec.title: must have at most 120 characters, and has 121']],
    [{ target: { namespaces: [] } }, ['spec.target.namespaces: must have at least 1 item']],
    [{ target: { namespaces: ['a', 'a'] } }, ['spec.target.namespaces[1]: "a" is there twice']],
    [
      { target: { namespaces: ['kube-system'] } },
      [
        'spec.target.namespaces[0]: namespaces that begin with kube- belong to the cluster and cannot be targets: write another namespace',
      ],
    ],
    [
      { operation: { job: { image: ' busybox' } } },
      [
        'spec.operation.job.image: write the name of an image, without spaces and other special characters, such as busybox:1.37',
      ],
    ],
    [{ dependsOn: [{ name: 'a' }] }, ['spec.dependsOn[0].name: is the task itself: remove it']],
    [{ dependsOn: [{ name: 'b' }, { name: 'b' }] }, ['spec.dependsOn[1]: {"name":"b"} is there twice']],
    [{ concurrencyPolicy: 'Allow' }, ['spec.concurrencyPolicy: must be one of Forbid, Queue, Replace, and is "Allow"']],
    [
      { timeZone: 'Europe/Berln' },
      [
        "spec.timeZone: 'Europe/Berln' is not in this operator's time zone data (names are case-sensitive, such as Europe/Berlin)",
      ],
    ],
    [
      { schedule: '30 2 ? 3 SUNL', timeZone: 'Europe/Berlin', daylightSaving: { skippedTime: 'Skip' } },
      [
        "spec.schedule: '30 2 ? 3 SUNL' names only times that the clocks of Europe/Berlin skip: write another time, or let it run after the gap (daylightSaving.skippedTime: RunAfter)",
      ],
    ],
  ])('%j', (spec, mistakes) => {
    expect(ofSpec(spec)).toEqual(mistakes)
  })
})

describe('the name that was probably meant', () => {
  it.each([
    ['timezone', 'timeZone'],
    ['shcedule', 'schedule'],
    ['concurrencypolicy', 'concurrencyPolicy'],
    ['x', undefined],
    ['jitter', undefined],
  ])('%s: %s', (given, meant) => {
    expect(nearest(given, ['timeZone', 'schedule', 'concurrencyPolicy', 'jitterSeconds'])).toBe(meant)
  })
})
