import { beforeAll, describe, expect, test } from 'vitest'
import { runId } from '../../src/decide/run.ts'
import { createAccount, type } from '../harness/accounts.ts'
import type { Api } from '../harness/api.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { createsJob, ENDLESS, IMAGE, jobBench, template } from '../harness/job-bench.ts'

const cluster = sharedCluster()

interface Job {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly labels: object
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[]
  }
  readonly spec: { readonly ttlSecondsAfterFinished: number; readonly activeDeadlineSeconds: number }
}

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('job', () => {
  const { behind, start, api: connect, home, createTask, ran, names } = jobBench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  test('the short form: one Job that is named after the run, and the end of its log', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, {
      ...IMAGE,
      command: ['backup'],
      args: ['--all'],
      env: [{ name: 'LEVEL', value: 'info' }],
    })
    const { lastResult, lastMessage, history } = await ran(namespace)
    expect([lastResult, lastMessage]).toEqual(['Succeeded', 'ran 1 Job'])
    const { id = '', output = '', ...entry } = history?.[0] ?? {}
    expect(entry).toMatchObject({
      command: `run a job with example.invalid/backup:1 in namespace/${namespace}`,
      changed: 1,
      attempts: 1,
    })
    const lines = output.split('\n')
    expect([lines[0], lines.at(-1)]).toEqual(['…', 'line 300 of 300'])
    expect(output.length).toBeLessThanOrEqual(1000)
    expect(lines.length).toBeGreaterThan(50)

    expect(await names('jobs', namespace)).toEqual([`backup-${id}`])
    const { metadata, spec } = await get<Job>(cluster, `job backup-${id}`, namespace)
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'rota', 'rota.dev/task': 'backup' })
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'ScheduledTask', name: 'backup' }])
    expect(spec).toMatchObject({ ttlSecondsAfterFinished: 86_400, activeDeadlineSeconds: 300 })
    // Only asked for when it was over.
    expect(behind().seen.filter(({ url }) => url.includes('/log?'))).toHaveLength(1)
  })

  test('a Job that fails fails the run with its exit code and the log of the container that failed; it is not run again', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, template({ 'kwok.test/exit-code': '3' }, { container: 'complains' }), {
      retry: { attempts: 3, delaySeconds: 0 },
    })
    const { history, lastMessage } = await ran(namespace)
    const [name] = await names('jobs', namespace)
    expect(history?.[0]).toMatchObject({
      result: 'Failed',
      resultReason: 'JobFailed',
      attempts: 1,
      error: `Job/${name} failed with exit code 3`,
      output: 'cannot open /data: permission denied',
    })
    expect(lastMessage).toBe(`Job/${name} failed with exit code 3; ran 1 Job`)
    expect(await names('jobs', namespace)).toHaveLength(1)
    // Another run is another Job.
    await ran(namespace, '2')
    expect(await names('jobs', namespace)).toHaveLength(2)
  })

  test('a Job of that name that somebody else has made is left alone', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const { metadata } = await createTask(namespace, IMAGE)
    const name = `backup-${runId(metadata.uid, 'job', 'Request', '1')}`
    const foreign = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: ENDLESS.template }
    await apply(cluster, [foreign], namespace)
    const before = await get<Job>(cluster, `job ${name}`, namespace)
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `Job/${name} is there already, and not of this run: delete it, or let it end`,
      history: [{ resultReason: 'NameTaken', attempts: 1, changed: 0 }],
    })
    expect((await get<Job>(cluster, `job ${name}`, namespace)).metadata.uid).toBe(before.metadata.uid)
  })

  test('without rights: the message names them, and its line grants them', async () => {
    const namespace = await createNamespace(cluster, 'job')
    await createAccount(cluster, namespace, 'job')
    await start({ namespaces: [namespace] })
    await createTask(namespace, IMAGE)
    const line = `kubectl create rolebinding job-job -n ${namespace} --clusterrole=rota:job --serviceaccount=${namespace}:job`
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `ServiceAccount ${namespace}/job may not get jobs.batch in namespace ${namespace}; to allow it: ${line}`,
      history: [{ resultReason: 'Forbidden', attempts: 1, changed: 0 }],
    })
    await type(cluster, line)
    expect(await ran(namespace, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'ran 1 Job' })
  })

  test('without the rights to look at pods and logs it is run all the same, and the output says what is missing', async () => {
    const namespace = await createNamespace(cluster, 'job')
    await createAccount(cluster, namespace, 'job')
    const may = async (resource: string, verbs: string) => {
      const name = resource.replace('/', '-')
      await cluster.kubectl(['create', 'role', name, '-n', namespace, `--verb=${verbs}`, `--resource=${resource}`])
      await cluster.kubectl([
        'create',
        'rolebinding',
        name,
        '-n',
        namespace,
        `--role=${name}`,
        `--serviceaccount=${namespace}:job`,
      ])
    }
    await may('jobs', 'get,create,delete')
    await start({ namespaces: [namespace] })
    await createTask(namespace, template({ 'kwok.test/exit-code': '3' }))
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: expect.stringMatching(/failed: BackoffLimitExceeded, Job has reached the specified backoff limit/),
    })
    await may('pods', 'list')
    const { history } = await ran(namespace, '2')
    expect(history?.[0]?.error).toMatch(/ failed with exit code 3$/)
    expect(history?.[0]?.output).toBe(
      `its log could not be read: ServiceAccount ${namespace}/job may not get pods/log in namespace ${namespace}; ` +
        `to allow it: kubectl create rolebinding job-job -n ${namespace} --clusterrole=rota:job --serviceaccount=${namespace}:job`,
    )
  })

  test('in another namespace: its log stays there, and so does the Job when the task goes', async () => {
    const namespace = await home()
    const other = await createNamespace(cluster, 'job-other')
    await start({ namespaces: [namespace] })
    await createTask(namespace, IMAGE, { target: { namespaces: [other] } })
    const refused = await ran(namespace)
    const line = `kubectl create rolebinding ${namespace}-job-job -n ${other} --clusterrole=rota:job --serviceaccount=${namespace}:job`
    expect(refused.lastMessage).toBe(
      `ServiceAccount ${namespace}/job may not get jobs.batch in namespace ${other}; to allow it: ${line}`,
    )
    await type(cluster, line)
    const { lastResult, history } = await ran(namespace, '2')
    const [name] = await names('jobs', other)
    expect([lastResult, history?.[0]?.output]).toEqual([
      'Succeeded',
      `its log stays there: kubectl logs -n ${other} job/${name}`,
    ])
    expect((await get<Job>(cluster, `job ${name}`, other)).metadata.ownerReferences).toBeUndefined()
    expect(await names('jobs', namespace)).toEqual([])
    expect(behind().seen.filter(({ url }) => url.includes('/log'))).toEqual([])
  })

  test.each([
    [
      'that lacks something',
      { template: { template: { spec: { containers: [{ ...IMAGE, name: 'main' }] } } } },
      /^create Job .* is not valid: Job\.batch ".*" is invalid: spec\.template\.spec\.restartPolicy: Required value/,
    ],
    [
      'with a misspelt field',
      { template: { ...ENDLESS.template, backofLimit: 3 } },
      /^create Job .* is not valid: unknown field "spec\.backofLimit"$/,
    ],
  ])('a template %s fails at once, with the words of the API server', async (_, job, words) => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, job)
    const { lastMessage, history } = await ran(namespace)
    expect(lastMessage).toMatch(words)
    expect(history?.[0]).toMatchObject({ result: 'Failed', resultReason: 'Invalid', attempts: 1, changed: 0 })
  })

  test('a Job that would be gone before Rota can see its end stalls the task', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, { template: { ...ENDLESS.template, ttlSecondsAfterFinished: 0 } })
    const { status } = await api.untilTask(namespace, 'backup', 'stalled', task => task.status?.phase === 'Stalled')
    expect(status?.conditions?.[0]).toMatchObject({
      reason: 'InvalidJob',
      message: expect.stringContaining('must be at least 300, and is 0: Rota has to see how the Job has ended'),
    })
  })

  test('a dry run creates nothing, and has the template judged', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, IMAGE, { dryRun: true })
    const { lastResult, lastMessage, history } = await ran(namespace)
    expect(lastResult).toBe('Succeeded')
    expect(lastMessage).toMatch(/^dry run, nothing was changed: would have run 1 Job; then: waits for Job\/backup-\w+$/)
    expect(history?.[0]).toMatchObject({ dryRun: true, output: expect.stringMatching(/^Job\/backup-\w+: created$/) })
    expect([await names('jobs', namespace), behind().seen.filter(createsJob).length]).toEqual([[], 1])
    await api.patch('scheduledtasks', namespace, 'backup', {
      spec: { operation: { job: { image: null, template: {} } } },
    })
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Failed',
      lastMessage: expect.stringContaining('spec.template'),
    })
  })

  test('limits are judged before it is created', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, IMAGE, { maxAffected: { objects: 0 } })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: 'would change 1 object, and spec.maxAffected.objects is 0: refused as a whole',
    })
    expect(await names('jobs', namespace)).toEqual([])
  })
})
