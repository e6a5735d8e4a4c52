import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { SOME_RUN } from '../../src/cli/preview/look.ts'
import { until } from '../cluster/until.ts'
import { bindRole, createAccount } from '../harness/accounts.ts'
import { type AuditEvent, auditLogSize, readAuditLog } from '../harness/audit.ts'
import { apply, createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { SCENARIOS, type Scenario } from './preview/scenarios.ts'
import { manifest, preview, run, SLEEPS, stage } from './preview/stage.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('rota preview', () => {
  const { api, operate, person, ran, team } = stage()

  describe('lists what a run then does, and the account has the rights to:', () => {
    test.each(SCENARIOS)('$name', async scenario => {
      const { operation, target, says } = scenario
      const home = await team(`preview-${operation.toLowerCase()}`)
      const place = target ? await targetOf(scenario, home) : home
      if (scenario.objects) await apply(cluster, scenario.objects, place)
      await createAccount(cluster, home, operation)
      await bindRole(cluster, home, operation, target ? undefined : place)
      const account = operation.toLowerCase()
      await api().createTask(home, 'task', { serviceAccountName: account, ...scenario.spec(place) })
      // What came after a slot is none of its run's business, and times of creation are whole seconds.
      const seen = await until(
        'all is seen that there is to do',
        () => run([`${home}/task`]),
        ({ changes }) => changes.length === says.length,
      )
      expect(seen).toMatchObject({ operation, verdict: 'WouldSucceed', refused: null, failures: [], unseen: [] })
      expect(seen.rights).toMatchObject({ account: `${home}/${account}`, missing: [], unchecked: 0 })
      expect(await run([`${home}/task`, '--as-task'])).toEqual(seen)

      const start = auditLogSize(cluster.auditLog ?? '')
      await operate(home)
      const record = await ran(home, 'task')
      const named = (text: string) => text.replaceAll(SOME_RUN, record.id)
      const lines = seen.changes.map(change => named(change.says)).sort()
      expect(lines).toEqual([...says].map(line => line.replace('RUN', record.id).replace('TARGET', place)).sort())
      expect(record, record.error).toMatchObject({ result: 'Succeeded', changed: seen.changes.length })
      if (operation !== 'job')
        expect(
          record.output
            ?.split('\n')
            .filter(line => !line.includes('left out'))
            .sort(),
        ).toEqual(lines)
      const user = `system:serviceaccount:${home}:${account}`
      const wanted = seen.changes.map(({ namespace, name }) => `${namespace}/${named(name)}`).sort()
      const writes = await until(
        'the writes are in the log',
        () => writesSince(start, event => event.impersonatedUser?.username === user),
        events => events.length >= wanted.length,
      )
      expect(writes.map(({ objectRef }) => `${objectRef?.namespace}/${objectRef?.name}`).sort()).toEqual(wanted)
    })
  })

  test('lists what a wake then does, as the account and as whoever asks', async () => {
    const namespace = await team('preview-wake')
    await api().createTask(namespace, 'sleep', SLEEPS)
    await operate(namespace)
    await ran(namespace, 'sleep')
    await api().patch('deployments', namespace, 'web', { spec: { replicas: 5 } })
    await api().createTask(namespace, 'task', { operation: { wake: {} } })
    const seen = await run([`${namespace}/task`])
    expect(seen).toMatchObject({ verdict: 'WouldSucceed', left: [{ name: 'web', reason: 'ChangedByOthers' }] })
    expect(await run([`${namespace}/task`, '--as-task'])).toEqual(seen)
    const record = await ran(namespace, 'task')
    expect(record.changed).toBe(seen.changes.length)
    const lines = record.output?.split('\n').filter(line => !line.includes('left out'))
    expect(lines?.sort()).toEqual(seen.changes.map(({ says }) => says).sort())
  })

  async function targetOf({ target, operation }: Scenario, home: string): Promise<string> {
    if (target === 'Absent') return `${home}-new`
    return createNamespace(cluster, `preview-${operation.toLowerCase()}-target`)
  }

  test('changes nothing: of what it writes there are only dry runs and questions about rights', async () => {
    const namespace = await team('preview-quiet')
    const jane = await person(namespace, 'jane', 'edit')
    const manifests = stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { a: 'b' },
    })
    await api().createTask(namespace, 'apply', { operation: { apply: { manifests } } })
    await api().createTask(namespace, 'sleep', SLEEPS)
    const start = auditLogSize(cluster.auditLog ?? '')
    for (const name of ['apply', 'sleep']) {
      await preview([name, '-n', namespace], { as: jane })
      await preview([name, '-n', namespace, '--as-task'], { as: jane })
    }
    const file = manifest('new', namespace, { serviceAccountName: 'rota', ...SLEEPS })
    await preview(['-f', '-'], { as: jane, input: file })
    const user = `system:serviceaccount:${namespace}:jane`
    const kinds = await until(
      'the questions are in the log',
      () => new Set(writesSince(start, event => event.user.username === user, true).map(kindOfWrite)),
      seen => seen.has('selfsubjectaccessreviews') && seen.has('dry run'),
    )
    expect([...kinds].sort()).toEqual(['dry run', 'selfsubjectaccessreviews'])
    expect((await api().list('scheduledtasks', namespace)).map(({ metadata }) => metadata.name).sort()).toEqual([
      'apply',
      'sleep',
    ])
  })
})

/** Those that succeeded; without the dry runs unless they are wanted. */
function writesSince(start: number, accept: (event: AuditEvent) => boolean, dryRuns = false): readonly AuditEvent[] {
  return readAuditLog(cluster.auditLog ?? '', start).filter(
    event =>
      !['get', 'list', 'watch'].includes(event.verb) &&
      (event.responseStatus?.code ?? 0) < 300 &&
      (dryRuns || !kindOfWrite(event).startsWith('dry run')) &&
      accept(event),
  )
}

/** Deletions have it in their body; others in the query. */
function kindOfWrite({ requestURI, requestObject, objectRef }: AuditEvent): string {
  const isDry =
    requestURI.includes('dryRun=All') || (requestObject as { dryRun?: unknown } | undefined)?.dryRun !== undefined
  return isDry ? 'dry run' : (objectRef?.resource ?? requestURI)
}
