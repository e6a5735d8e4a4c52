import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createAccount } from '../harness/accounts.ts'
import { sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { preview, run, SLEEPS, stage, told } from './preview/stage.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('the rights that rota preview tells of', () => {
  const { api, operate, person, ran, team } = stage()

  test('names the rights that are missing, and the lines that grant them do', async () => {
    const home = await team('preview-rights')
    const other = await team('preview-rights-other')
    await createAccount(cluster, home, 'sleep')
    const spec = { serviceAccountName: 'sleep', target: { namespaces: [home, other] }, ...SLEEPS }
    await api().createTask(home, 'task', spec)
    const before = await told([`${home}/task`])
    const [run] = before.runs
    expect(before.status).toBe(1)
    expect(run).toMatchObject({ verdict: 'WouldFail', refused: null, failures: [] })
    // Two Deployments may be seen by whoever asks, whatever the account may.
    expect(run?.changes.map(({ namespace, says }) => `${namespace}: ${says}`)).toContain(
      `${other}: Deployment/web: replicas 3 → 0`,
    )
    const needed = ['list', 'patch'].flatMap(verb =>
      ['deployments.apps', 'statefulsets.apps', 'cronjobs.batch'].flatMap(resource => [
        `${verb} ${resource} ${home}`,
        `${verb} ${resource} ${other}`,
      ]),
    )
    expect(
      run?.rights.missing.map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`).sort(),
    ).toEqual(needed.sort())
    const lines = [...new Set(run?.rights.missing.map(({ remedy }) => remedy))]
    expect(lines).toEqual([
      `kubectl create rolebinding sleep-sleep -n ${home} --clusterrole=rota:sleep --serviceaccount=${home}:sleep`,
      `kubectl create rolebinding ${home}-sleep-sleep -n ${other} --clusterrole=rota:sleep --serviceaccount=${home}:sleep`,
    ])
    expect((await preview([`${home}/task`])).out).toContain(`; to allow it:\n               ${lines[0]}\n`)

    for (const line of lines) await cluster.kubectl(line.split(' ').slice(1))
    const after = await told([`${home}/task`])
    expect(after.status).toBe(0)
    expect(after.runs[0]).toMatchObject({ verdict: 'WouldSucceed', rights: { missing: [], unchecked: 0 } })
  })

  describe('with the rights of', () => {
    test('the account it fails as a run would', async () => {
      const namespace = await team('preview-as')
      const jane = await person(namespace, 'jane', 'edit')
      await createAccount(cluster, namespace, 'restart')
      await api().createTask(namespace, 'task', { serviceAccountName: 'restart', operation: { restart: {} } })
      const { status, runs } = await told(['task', '-n', namespace, '--as-task'], { as: jane })
      expect(status).toBe(1)
      const said = ['deployments', 'statefulsets', 'daemonsets'].map(
        plural => `ServiceAccount ${namespace}/restart may not list ${plural}.apps in namespace ${namespace}`,
      )
      expect(runs[0]?.failures.map(({ message }) => message).sort()).toEqual(said.sort())
      expect(runs[0]).toMatchObject({ verdict: 'WouldFail', changes: [], unseen: [] })
      await operate(namespace)
      expect((await ran(namespace, 'task')).error).toContain(said[0])
    })

    test('a viewer it is seen all the same; what he may not ask is said', async () => {
      const namespace = await team('preview-view')
      const victor = await person(namespace, 'victor', 'view')
      await api().createTask(namespace, 'task', SLEEPS)
      const { status, out } = await preview(['task', '-n', namespace], { as: victor })
      expect(status).toBe(0)
      expect(out).toContain(`sleep now would change 3 objects in ${namespace} (seen with your own rights)\n`)
      expect(out).toContain(
        `not checked whether ServiceAccount ${namespace}/rota has what it takes: you may neither act as it nor ask about it`,
      )
      const denied = await preview(['task', '-n', namespace, '--as-task'], { as: victor })
      expect(denied).toEqual({
        status: 1,
        out: '',
        err: `rota: you may not act as ServiceAccount ${namespace}/rota, as --as-task does: that takes the verb impersonate on it, which the role edit has; without --as-task you see it with your own rights\n`,
      })
    })

    test('somebody who may ask about the account but not be it, its rights are known', async () => {
      const namespace = await team('preview-ask')
      const asker = await person(namespace, 'asker', 'view')
      const may = ['--verb=create', '--resource=localsubjectaccessreviews.authorization.k8s.io']
      await cluster.kubectl(['create', 'role', 'ask', '-n', namespace, ...may])
      await cluster.kubectl([
        'create',
        'rolebinding',
        'ask',
        '-n',
        namespace,
        '--role=ask',
        `--serviceaccount=${namespace}:asker`,
      ])
      await api().createTask(namespace, 'task', SLEEPS)
      expect((await run(['task', '-n', namespace], { as: asker })).rights).toMatchObject({ missing: [], unchecked: 0 })
      await api().createTask(namespace, 'job', { operation: { job: { image: 'example.invalid/a:1' } } })
      const { rights } = await run(['job', '-n', namespace], { as: asker })
      expect(rights.missing.map(({ verb, resource }) => `${verb} ${resource}`)).toContain('create jobs.batch')
    })

    test('an auditor of the cluster, also rights that are not in a namespace', async () => {
      const namespace = await team('preview-audit')
      const auditor = await person(namespace, 'auditor', 'view')
      const name = `${namespace}-auditor`
      const may = ['--verb=create', '--resource=subjectaccessreviews.authorization.k8s.io']
      const places = [`${namespace}-1`, `${namespace}-2`]
      const manifests = stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
      await api().createTask(namespace, 'task', {
        target: { namespaces: places },
        operation: { createNamespace: { manifests } },
      })
      expect((await run(['task', '-n', namespace], { as: auditor })).rights).toMatchObject({
        missing: [],
        unchecked: 12,
      })
      await cluster.kubectl(['create', 'clusterrole', name, ...may])
      const subject = `--serviceaccount=${namespace}:auditor`
      for (const role of [name, 'view'])
        await cluster.kubectl(['create', 'clusterrolebinding', `${name}-${role}`, `--clusterrole=${role}`, subject])
      const { rights } = await run(['task', '-n', namespace], { as: auditor })
      // What is yet to be made holds no binding; on the namespaces themselves by name, within them for the whole cluster.
      const missing = rights.missing.map(({ verb, resource, namespace: place }) => `${verb} ${resource} ${place}`)
      const verbs = ['get', 'create', 'patch']
      const on = (resource: string, place: string | null) => verbs.map(verb => `${verb} ${resource} ${place}`)
      expect(missing.sort()).toEqual(
        [...places.flatMap(place => on('namespaces', place)), ...on('configmaps', null)].sort(),
      )
    })

    test('somebody who may see nothing but tasks it says what is hidden', async () => {
      const namespace = await team('preview-blind')
      const blind = await person(namespace, 'blind')
      await api().createTask(namespace, 'task', SLEEPS)
      const { status, runs } = await told(['task', '-n', namespace], { as: blind })
      expect(status).toBe(1)
      expect(runs[0]).toMatchObject({ verdict: 'Unknown', changes: [], failures: [] })
      expect(runs[0]?.unseen).toContain(`you may not list deployments.apps in namespace ${namespace}`)
      expect(runs[0]?.unseen).toContain(`you may not get namespaces in namespace ${namespace}`)
    })
  })
})
