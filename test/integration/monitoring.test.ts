import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ended } from '../harness/proxied-operator.ts'
import { findPrometheus, type Prometheus, promtool, startPrometheus } from '../monitoring/prometheus.ts'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

const cluster = sharedCluster()
const ALERTS = resolve('deploy/monitoring/alerts.yaml')
const { panels } = JSON.parse(readFileSync('deploy/monitoring/grafana-dashboard.json', 'utf8')) as Dashboard
const QUERIES = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))

const found = findPrometheus()
const bin = 'bin' in found ? found.bin : ''
if ('missing' in found) {
  if (process.env['CI']) throw new Error(found.missing)
  console.warn(`\n!!! THE TESTS OF MONITORING ARE SKIPPED: ${found.missing}\n`)
}

describe.skipIf(bin === '')('what is shipped for Prometheus', () => {
  test('are rules that promtool accepts, and that fire when they should and not before', async () => {
    await promtool(bin, ['check', 'rules', ALERTS])
    expect(await promtool(bin, ['test', 'rules', 'test/monitoring/alerts.test.yaml'])).toContain('SUCCESS')
  })

  describe('with an operator that has slept, and failed', () => {
    let operator: TestOperator
    let prometheus: Prometheus

    beforeAll(async () => {
      const api = await apiOf(cluster)
      const namespace = await createNamespace(cluster, 'monitoring')
      await api.create('deployments', namespace, deployment('web', 1))
      const flags = { 'leader-elect': 'true', 'task-metrics': 'true' }
      operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace], flags })
      prometheus = await startPrometheus(bin, `127.0.0.1:${operator.port}`, ALERTS)
      // What happened before is no increase.
      await until('it is scraped', () => prometheus.query('rota_runs_total'), Boolean)
      await api.createTask(namespace, 'off', { operation: { sleep: {} } })
      await api.createTask(namespace, 'bad', { operation: { sleep: {} }, serviceAccountName: 'nobody' })
      for (const name of ['off', 'bad']) {
        await api.annotate(namespace, name, { 'rota.dev/run': '1' })
        await api.untilTask(namespace, name, 'has run', ended)
      }
    })
    afterAll(async () => {
      await prometheus?.stop()
      await operator?.stop()
    })

    test('names and help are as promtool wants them', async () => {
      const answer = await fetch(`http://127.0.0.1:${operator.port}/metrics`)
      await promtool(bin, ['check', 'metrics'], await answer.text())
    })

    test.each(QUERIES)('the dashboard shows $title: $expr', async ({ expr }) => {
      const promql = expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*')
      expect(promql).not.toContain('$')
      await until(
        'there is something to show',
        () => prometheus.query(promql),
        series => series > 0,
      )
    })

    test('the alert of runs that fail fires, and nothing else does', async () => {
      const firing = 'ALERTS{alertstate="firing"}'
      await until('it fires', () =>
        prometheus.query(`${firing} and on (alertname) ALERTS{alertname="RotaRunsFailing"}`),
      )
      expect(await prometheus.query(firing)).toBe(1)
    })
  })
})
