import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { sharedCluster, testAccount } from '../harness/cluster.ts'
import { bench, ended, restart } from '../harness/proxied-operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()

describe('a run that waits keeps later ones waiting in its namespaces', () => {
  const { start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const run = (namespace: string, name: string) => api.annotate(namespace, name, { 'rota.dev/run': '1' })

  /** One namespace with a run that lasts, and one that waits for it and wants theirs too; and theirs with a run of its own. */
  async function waiting(prefix: string) {
    const [mine, theirs] = await Promise.all([team(`${prefix}-mine`), team(`${prefix}-theirs`)])
    const operator = await start({ namespaces: [mine, theirs] })
    const held = gate(({ method, url }) => method === 'PATCH' && url.includes(`/${mine}/deployments`))
    await api.createTask(mine, 'busy', restart())
    await api.createTask(mine, 'greedy', { ...restart(), target: { namespaces: [mine, theirs] } })
    await api.createTask(theirs, 'own', restart())
    const begin = async () => {
      await run(mine, 'busy')
      await until('it writes', () => held.waiting.length === 1)
      await run(mine, 'greedy')
      await inHaste(operator.clock, () =>
        api.untilTask(mine, 'greedy', 'waits', ({ status }) => status?.phase === 'Waiting'),
      )
      await run(theirs, 'own')
    }
    return { mine, theirs, operator, held, begin }
  }

  test('where its account may change something', async () => {
    const { mine, theirs, operator, held, begin } = await waiting('line')
    await cluster.kubectl([
      ...['create', 'rolebinding', 'guest', '-n', theirs, `--role=${testAccount}`],
      `--serviceaccount=${mine}:${testAccount}`,
    ])
    await begin()
    const own = await inHaste(operator.clock, () =>
      api.untilTask(theirs, 'own', 'waits', task => task.status?.phase === 'Waiting' || ended(task)),
    )
    expect(own.status?.lastMessage).toBe(`waiting: ${theirs} is busy with a task of another namespace`)
    held.open()
    expect((await api.untilTask(mine, 'greedy', 'ran', ended)).status).toMatchObject({ lastResult: 'Succeeded' })
    expect((await api.untilTask(theirs, 'own', 'ran', ended)).status).toMatchObject({ lastResult: 'Succeeded' })
  })

  test('but nobody where it may do nothing: there it only fails', async () => {
    const { mine, theirs, held, begin } = await waiting('line-powerless')
    await begin()
    expect((await api.untilTask(theirs, 'own', 'ran', ended)).status).toMatchObject({ lastResult: 'Succeeded' })
    expect((await api.task(mine, 'greedy')).status).toMatchObject({ phase: 'Waiting' })
    held.open()
    const { status } = await api.untilTask(mine, 'greedy', 'failed', ended)
    expect(status).toMatchObject({ lastResult: 'Failed', history: [{ resultReason: 'Forbidden' }] })
  })
})
