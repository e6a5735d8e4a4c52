import { describe, expect, it } from 'vitest'
import { annotated, item, runOf } from '../../../test/builders/items.ts'
import { faultOf, readerOf } from '../../../test/builders/targets.ts'
import { FaultError } from '../../api/fault.ts'
import { JOB, POD } from '../../api/kinds.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { RunContext } from '../contract.ts'
import type { Item, StatusCondition } from '../item.ts'
import { job } from './job.ts'
import { targetOfJob } from './manifest.ts'

type Answers = Parameters<typeof readerOf>[1]

const run = runOf({ operation: 'job' })
const { name } = targetOfJob(run)
const called = `Job/${name}`
const spec = { image: 'busybox' }

type Status = NonNullable<Item['status']>

/** The Job of the run. */
function jobWith(status: Status = {}, options: Parameters<typeof item>[1] = {}): Item {
  return item(JOB, { name, annotations: { [LAST_RUN_ANNOTATION]: run.id }, status, ...options })
}

function podWith(status: Status, options: Parameters<typeof item>[1] = {}): Item {
  const labels = { 'batch.kubernetes.io/job-name': name }
  return item(POD, { name: `${name}-x`, labels, status, spec: { containers: [{ name: 'main' }] }, ...options })
}

const over = (type: string, more: Partial<StatusCondition> = {}) => ({
  conditions: [{ type, status: 'True', ...more }],
})
const complete = over('Complete')
const backoff = { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
const failed = { ...over('Failed', backoff), failed: 1 }
const exited = (exitCode: number, reason = 'Error') => ({
  containerStatuses: [{ name: 'main', state: { terminated: { exitCode, reason } } }],
})

async function plan(items: readonly Item[], context: RunContext = run, answers: Answers = {}) {
  return job.plan(spec, await job.observe(spec, context, readerOf(items, answers)), context)
}

describe('a job', () => {
  it('is created once, and waited for', async () => {
    const { actions, pending } = await plan([])
    expect(actions).toMatchObject([{ do: 'Create', target: targetOfJob(run), says: `${called}: created` }])
    expect(pending).toBe(`waits for ${called}`)
  })

  it('that is there already is adopted: it is of this run', async () => {
    expect(await plan([jobWith({ ready: 1 })])).toEqual({
      actions: [],
      done: [targetOfJob(run)],
      already: 0,
      left: [],
      faults: [],
      pending: `waits for ${called}`,
    })
  })

  it('of the same name that is not of this run is left alone, and fails the run', async () => {
    const foreign = annotated(jobWith(complete), { [LAST_RUN_ANNOTATION]: 'run-0' })
    const planned = await plan([foreign])
    expect(planned).toMatchObject({ actions: [], done: [] })
    expect(planned.faults).toMatchObject([
      { class: 'Invalid', reason: 'NameTaken', message: expect.stringContaining(`${called} is there already`) },
    ])
  })

  it('that has succeeded ends the run, with the end of its log', async () => {
    const pods = [
      podWith({}, { name: 'first', created: '2026-01-05T20:00:01Z' }),
      podWith({}, { name: 'second', created: '2026-01-05T20:00:09Z' }),
      podWith({}, { name: 'other', labels: {}, created: '2026-01-05T20:00:10Z' }),
    ]
    const answers = { log: (pod: string, container?: string) => `log of ${pod}, ${container}\n` }
    const planned = await plan([jobWith(complete), ...pods], run, answers)
    expect(planned).toEqual({
      actions: [],
      done: [targetOfJob(run)],
      already: 0,
      left: [],
      faults: [],
      output: 'log of second, main',
    })
  })

  it.each([
    ['its exit code', failed, exited(3), 'failed with exit code 3'],
    ['what killed it', failed, exited(137, 'OOMKilled'), 'failed with exit code 137 (OOMKilled)'],
    ['how often it was tried', { ...failed, failed: 4 }, exited(1), 'failed 4 times, with exit code 1'],
    ['the reason of its pod', failed, { phase: 'Failed', reason: 'Evicted' }, 'failed with Evicted'],
    [
      'the reason of the Job',
      over('Failed', { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }),
      {},
      'failed: DeadlineExceeded, Job was active longer than specified deadline',
    ],
    [
      'both where they differ',
      over('Failed', { reason: 'PodFailurePolicy', message: 'Container main failed with exit code 42' }),
      exited(42),
      'failed with exit code 42: PodFailurePolicy, Container main failed with exit code 42',
    ],
  ])('that has failed fails the run for good, with %s', async (_, status, pod, message) => {
    const planned = await plan([jobWith(status), podWith(pod)], run, { log: () => 'cannot open /data' })
    expect(planned.faults).toEqual([
      { class: 'Invalid', reason: 'JobFailed', message: `${called} ${message}`, target: targetOfJob(run) },
    ])
    expect(planned.output).toBe('cannot open /data')
    expect(planned).not.toHaveProperty('pending')
  })

  it('whose pods may not be listed fails with what the Job itself tells', async () => {
    const listing = () => {
      throw new FaultError(faultOf('Refused'))
    }
    const { faults } = await plan([jobWith(failed), podWith(exited(3))], run, { listing })
    expect(faults).toMatchObject([
      { message: `${called} failed: BackoffLimitExceeded, Job has reached the specified backoff limit` },
    ])
  })

  it('whose log may not be read succeeds all the same, and says what would allow it', async () => {
    const log = () => {
      throw new FaultError(faultOf('Refused', { message: 'may not get pods/log', remedy: 'kubectl create …' }))
    }
    const planned = await plan([jobWith(complete), podWith({})], run, { log })
    expect(planned).toMatchObject({
      faults: [],
      output: 'its log could not be read: may not get pods/log; to allow it: kubectl create …',
    })
  })

  it('has its log read only in the namespace of the task', async () => {
    const elsewhere = runOf({ operation: 'job', namespaces: ['team-b'] })
    const log = () => {
      throw new Error('it was read')
    }
    const at = { namespace: 'team-b' }
    const planned = await plan([jobWith(complete, at), podWith({}, at)], elsewhere, { log })
    expect(planned.output).toBe(`its log stays there: kubectl logs -n team-b job/${name}`)
  })

  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m\r\nplain', 'red\nplain'],
    ['what moves the cursor', 'a\u001b[2Jb\u0007\u0000c', 'abc'],
    ['nothing else', 'tab\there\nüöä 😀', 'tab\there\nüöä 😀'],
  ])('has its log kept without %s', async (_, text, kept) => {
    expect((await plan([jobWith(complete), podWith({})], run, { log: () => text })).output).toBe(kept)
  })

  it('has the last lines of its log kept, as many as a record holds', async () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n} of the whole`)
    const { output = '' } = await plan([jobWith(complete), podWith({})], run, { log: () => lines.join('\n') })
    expect(output.length).toBeLessThanOrEqual(1000)
    expect(output.length).toBeGreaterThan(950)
    expect(output.split('\n')[0]).toBe('…')
    expect(output.endsWith('line 98 of the whole\nline 99 of the whole')).toBe(true)
  })

  it('that others delete before it ends fails the run, and is not begun again', async () => {
    const gone = { ...run, changed: [targetOfJob(run)] }
    const dying = await plan([jobWith({ active: 1 }, { terminating: true })])
    for (const planned of [await plan([], gone), dying]) {
      expect(planned.actions).toEqual([])
      expect(planned).not.toHaveProperty('pending')
      expect(planned.faults).toMatchObject([
        { reason: 'JobDeleted', message: `${called} was deleted by others before it ended` },
      ])
    }
  })

  it.each<[string, readonly Item[], string]>([
    ['it has no pod', [], ': it has no pod yet'],
    [
      'no node has room',
      [
        podWith({
          phase: 'Pending',
          conditions: [
            { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' },
          ],
        }),
      ],
      ': its pod has no node: 0/3 nodes are available: 3 Insufficient cpu.',
    ],
    [
      'an image cannot be pulled',
      [
        podWith({
          containerStatuses: [
            { name: 'main', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } } },
          ],
        }),
      ],
      ': container main does not start: ImagePullBackOff, Back-off pulling image "x"',
    ],
    [
      'an init container does not start',
      [
        podWith({
          initContainerStatuses: [{ name: 'prepare', state: { waiting: { reason: 'CreateContainerConfigError' } } }],
          containerStatuses: [{ name: 'main', state: { waiting: { reason: 'PodInitializing' } } }],
        }),
      ],
      ': container prepare does not start: CreateContainerConfigError',
    ],
    [
      'its containers are being made',
      [podWith({ containerStatuses: [{ name: 'main', state: { waiting: { reason: 'ContainerCreating' } } }] })],
      '',
    ],
  ])('tells while it is waited for that %s', async (_, pods, why) => {
    expect((await plan([jobWith({ active: 1 }), ...pods])).pending).toBe(`waits for ${called}${why}`)
  })

  it('asks for no pods while they run', async () => {
    const listing = () => {
      throw new Error('it was listed')
    }
    expect((await plan([jobWith({ active: 1, ready: 1 })], run, { listing })).pending).toBe(`waits for ${called}`)
  })
})

describe('what a job that is ended from outside leaves behind', () => {
  const leftovers = (items: readonly Item[]) => job.leftovers?.(run, readerOf(items))

  it('is deleted with its pods, and waited for', async () => {
    expect(await leftovers([jobWith({ active: 1 })])).toEqual({
      actions: [
        { do: 'Delete', target: targetOfJob(run), uid: jobWith().metadata.uid, wait: true, says: `${called}: deleted` },
      ],
      open: `${called} and its pods, which do not end`,
    })
  })

  it('is waited for once it is being deleted', async () => {
    const left = await leftovers([jobWith({ active: 1 }, { terminating: true })])
    expect(left).toMatchObject({ actions: [], open: expect.stringContaining(called) })
  })

  it.each([
    ['there is none', []],
    ['it has ended', [jobWith(complete)]],
    ['it is not of this run', [annotated(jobWith({ active: 1 }), { [LAST_RUN_ANNOTATION]: 'run-0' })]],
  ])('is nothing when %s', async (_, items) => {
    expect(await leftovers(items)).toEqual({ actions: [] })
  })
})
