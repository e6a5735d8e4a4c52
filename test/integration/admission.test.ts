import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_VERSION, KIND } from '../../src/api/names.ts'
import { pathText } from '../../src/manifest/finding.ts'
import { validate } from '../../src/manifest/validate.ts'
import { sharedCluster } from '../harness/cluster.ts'
import { dryRun, type Verdict } from './admission/dry-run.ts'
import { FULL_STATUS } from './admission/full-status.ts'
import { GOOD_SPECS } from './admission/good-specs.ts'
import { BAD_SCHEDULES, GOOD_SCHEDULES, REFUSED_LATER } from './admission/schedules.ts'
import { BAD_SPECS, UNKNOWN_FIELDS } from './admission/specs.ts'

const cluster = sharedCluster()
let create: (spec: object, name?: string) => Promise<Verdict>

/** Where the offline check finds mistakes. */
function mistakes(spec: object, name = 'task'): readonly string[] {
  const manifest = { apiVersion: API_VERSION, kind: KIND, metadata: { name }, spec }
  return validate(manifest).map(({ path }) => pathText(path))
}

beforeAll(() => {
  create = dryRun(cluster.kubeconfig)
})

describe('schedule', () => {
  test.each(GOOD_SCHEDULES)('%j is accepted', async schedule => {
    expect(await create({ schedule, operation: { wake: {} } })).toHaveProperty('accepted')
  })

  test.each(GOOD_SCHEDULES)('%j is valid', schedule => {
    expect(mistakes({ schedule, timeZone: 'Europe/Berlin', operation: { wake: {} } })).toEqual([])
  })

  test.each(BAD_SCHEDULES)('%j is refused', async (schedule, message) => {
    const { refused } = (await create({ schedule, operation: { wake: {} } })) as { refused: string }
    expect(refused).toContain(`spec.schedule: Invalid value: ${JSON.stringify(schedule)}: `)
    expect(refused).toContain(`: ${message}`)
    expect(refused.split('spec.schedule: '), 'one mistake gives one message').toHaveLength(2)
  })

  test.each(BAD_SCHEDULES)('%j is not valid', schedule => {
    expect(mistakes({ schedule, operation: { wake: {} } })).toContain('spec.schedule')
    expect(mistakes({ operation: { sleep: { wakeSchedule: schedule } } })).toContain(
      'spec.operation.sleep.wakeSchedule',
    )
  })

  test.each(REFUSED_LATER)('%j passes admission, and is not valid all the same', async schedule => {
    expect(await create({ schedule, operation: { wake: {} } })).toHaveProperty('accepted')
    expect(mistakes({ schedule, operation: { wake: {} } })).toContain('spec.schedule')
  })
})

describe('spec', () => {
  test.each(Object.entries(GOOD_SPECS))('%s is accepted', async (_, spec) => {
    expect(await create(spec)).toHaveProperty('accepted')
    expect(mistakes(spec)).toEqual([])
  })

  test.each(Object.entries(BAD_SPECS))('%s is refused', async (_, [spec, message]) => {
    expect(await create(spec)).toEqual({ refused: expect.stringContaining(message) })
    expect(mistakes(spec)).not.toEqual([])
  })

  test.each(Object.entries(UNKNOWN_FIELDS))('%s is refused by its name', async (field, spec) => {
    expect(await create(spec)).toEqual({ refused: expect.stringContaining(`unknown field "${field}"`) })
    expect(mistakes(spec)).toContain(field)
  })

  test('what is left out gets its default', async () => {
    const spec = { operation: { sleep: {} } }
    expect(await create(spec)).toHaveProperty('accepted.spec', {
      timeZone: 'UTC',
      daylightSaving: { skippedTime: 'RunAfter', repeatedTime: 'First' },
      suspend: false,
      dryRun: false,
      jitterSeconds: 0,
      concurrencyPolicy: 'Forbid',
      priority: 0,
      suspendAfterFailures: 0,
      cacheSeconds: 0,
      startingDeadlineSeconds: 3600,
      retry: { backoff: 'Exponential', maxDelaySeconds: 300 },
      serviceAccountName: 'default',
      historyLimit: 10,
      operation: {
        sleep: {
          kinds: ['Deployment', 'StatefulSet', 'CronJob', 'ScaledObject.keda.sh'],
          replicas: 0,
          onDelete: 'Wake',
        },
      },
    })
    expect(await create(spec)).toHaveProperty('accepted.status', { observedGeneration: -1 })
    expect(await create({ operation: { scale: { names: ['web'], replicas: 1 } } })).toHaveProperty(
      'accepted.spec.operation.scale.kinds',
      ['Deployment', 'StatefulSet'],
    )
    expect(await create({ operation: { restart: {} } })).toHaveProperty('accepted.spec.operation.restart.kinds', [
      'Deployment',
      'StatefulSet',
      'DaemonSet',
    ])
  })
})

describe('name', () => {
  test('of 52 characters is accepted', async () => {
    expect(await create({ operation: { wake: {} } }, 'n'.repeat(52))).toHaveProperty('accepted')
  })

  test('of 53 characters is refused', async () => {
    expect(mistakes({ operation: { wake: {} } }, 'n'.repeat(53))).toEqual(['metadata.name'])
    expect(await create({ operation: { wake: {} } }, 'n'.repeat(53))).toEqual({
      refused: expect.stringContaining('metadata.name must have at most 52 characters'),
    })
  })
})

describe('kubectl', () => {
  const namespace = `admission-${process.pid}`
  const manifest = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name, namespace }, spec })
  const spec = { schedule: '0 20 * * 1-5', timeZone: 'Europe/Berlin', operation: { sleep: {} } }
  const patchStatus = (status: object) =>
    cluster.tryKubectl([
      ...['patch', 'st', 'nights-off', '-n', namespace, '--subresource=status', '--type=merge', '-o', 'json'],
      ...['-p', JSON.stringify({ status })],
    ])

  beforeAll(async () => {
    await cluster.kubectl(['create', 'namespace', namespace])
    await cluster.kubectl(['create', '-f', '-'], { input: manifest('nights-off', spec) })
    await cluster.kubectl(['create', '-f', '-'], { input: manifest('never-looked-at', { operation: { wake: {} } }) })
  }, 30_000)

  // Nobody waits for it: emptying a namespace takes seconds.
  afterAll(() => cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']))

  test('shows the message to who applies a wrong manifest', async () => {
    const input = manifest('wrong', { ...spec, schedule: '0 0 8 * * *' })
    const { code, stderr } = await cluster.tryKubectl(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain(
      `spec.schedule: Invalid value: "0 0 8 * * *": has 6 fields, but there is no field for seconds: write '0 8 * * *'`,
    )
  })

  test('refuses a field it does not know by its name', async () => {
    const input = manifest('wrong', { ...spec, dryrun: true })
    const { code, stderr } = await cluster.tryKubectl(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain('strict decoding error: unknown field "spec.dryrun"')
  })

  test('writes and reads back a status in which every field is set', async () => {
    const { stdout, stderr } = await patchStatus(FULL_STATUS)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout).status).toEqual(FULL_STATUS)
  })

  test.each([
    [{ phase: 'Sleeping' }, 'status.phase: Unsupported value: "Sleeping"'],
    [{ lastResult: 'Success' }, 'status.lastResult: Unsupported value: "Success"'],
    [{ runCount: -1 }, 'runCount in body should be greater than or equal to 0'],
    [{ lastMessage: 'm'.repeat(1025) }, 'status.lastMessage: Too long'],
    [{ history: Array(21).fill(FULL_STATUS.history?.[0]) }, 'status.history: Too many: 21'],
  ])('keeps a status in bounds: %o', async (status, message) => {
    const { code, stderr } = await patchStatus(status)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })

  test('prints a task in columns', async () => {
    await patchStatus({ lastRunTime: new Date(Date.now() - 13 * 3_600_000 - 60_000).toISOString() })
    const { stdout } = await cluster.kubectl(['get', 'st', '-n', namespace])
    const [header = '', fresh, used] = stdout.trim().split('\n')
    const columns = (line: string | undefined) => line?.split(/ {2,}/)
    expect(columns(header)).toEqual([
      ...['NAME', 'SCHEDULE', 'PHASE', 'LAST RUN', 'RESULT', 'NEXT RUN', 'RUNS', 'ERRORS', 'AGE'],
    ])
    expect(columns(fresh)).toEqual(['never-looked-at', expect.stringMatching(/^\d+s$/)])
    expect(columns(used)).toEqual([
      ...['nights-off', '0 20 * * 1-5', 'Running', '13h', 'Succeeded', '2026-11-24T19:00:00Z', '41', '2'],
      expect.stringMatching(/^\d+s$/),
    ])
  })

  test('prints zone and message when asked for more', async () => {
    const { stdout } = await cluster.kubectl(['get', 'scheduledtask', 'nights-off', '-n', namespace, '-o', 'wide'])
    const [header, row] = stdout.trim().split('\n')
    expect(header).toMatch(/ AGE +TIME ZONE +MESSAGE$/)
    expect(row).toMatch(/ Europe\/Berlin +2 Deployments put to sleep$/)
  })

  test('finds tasks by category', async () => {
    const { stdout } = await cluster.kubectl(['get', 'rota', '-n', namespace, '-o', 'name'])
    expect(stdout).toContain('scheduledtask.rota.dev/nights-off')
  })

  test('explains the fields', async () => {
    const { stdout } = await cluster.kubectl(['explain', 'scheduledtask.spec.operation.sleep'])
    expect(stdout).toContain('enum: Wake, Leave')
    expect(stdout.replace(/\s+/g, ' ')).toContain('written like spec.schedule and read in spec.timeZone')
  })
})
