import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { OPERATIONS } from '../../src/api/task.ts'
import { controllerCommand, type Flags } from '../../src/cli/controller.ts'
import { configOf } from '../../src/config.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { installKinds } from '../harness/custom-kinds.ts'
import { CHART, type Helm, helmOrSkip, helmWith } from '../helm/helm.ts'
import { chart, kustomized, type Manifest, named } from '../helm/rendered.ts'

const cluster = sharedCluster()
const program = await helmOrSkip()
const IMAGE = 'image.repository=registry.invalid/rota'
const MONITORING = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'].map(kind => ({
  group: 'monitoring.coreos.com',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
}))

describe.skipIf(program === '')('the Helm chart', () => {
  const helm: Helm = helmWith(program, cluster.kubeconfig, join(cluster.directory, 'helm-template'))
  let home: string

  beforeAll(async () => {
    home = await createNamespace(cluster, 'chart', { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } })
    await installKinds(cluster, ...MONITORING)
    await cluster.kubectl(['create', 'serviceaccount', 'robot', '-n', home])
  })
  const rendered = (...sets: readonly string[]) => chart(helm, home, IMAGE, ...sets)

  test('has nothing that helm lint finds', async () => {
    expect(await helm('lint', CHART, '--set', IMAGE, '--strict')).toMatchObject({ code: 0 })
  })

  // HOME stands for a namespace that is there.
  test.each<readonly [string, readonly string[]]>([
    ['as it is', []],
    ['with another name and account', ['serviceAccount.name=robot', 'serviceAccount.annotations.a=b']],
    [
      'for a digest, of a registry that asks for a password',
      [`image.digest=sha256:${'0'.repeat(64)}`, 'image.pullSecrets={a,b}'],
    ],
    ['for some namespaces', ['namespaces={HOME}', 'crossNamespace=false']],
    ['with classic impersonation', ['impersonation=classic']],
    ['with classic impersonation in some namespaces', ['impersonation=classic', 'namespaces={HOME}']],
    ['for some operations', ['operations={sleep,wake,restart}']],
    ['with shards', ['replicas=3', 'shards=4']],
    ['with a single replica', ['replicas=1']],
    ['without what is cluster-wide', ['policies=false', 'crds.install=false', 'namespaces={HOME}']],
    ['with a CRD that goes', ['crds.keep=false']],
    [
      'with other settings',
      ['workers.start=2', 'workers.limit=3', 'tasks.maxRetries=1', 'logs.format=text', 'taskMetrics=true'],
    ],
    ['with arguments and variables', ['extraArgs={--identity=me}', 'extraEnv[0].name=TZ', 'extraEnv[0].value=UTC']],
    ['with a network policy', ['networkPolicy.enabled=true', 'networkPolicy.from[0].podSelector.matchLabels.app=x']],
    [
      'with monitoring',
      ['serviceMonitor', 'podMonitor', 'prometheusRule']
        .map(name => `metrics.${name}.enabled=true`)
        .concat('metrics.podMonitor.token.secret=token', 'metrics.serviceMonitor.labels.release=prometheus'),
    ],
    [
      'where pods may run',
      [
        ...['nodeSelector.disk=ssd', 'tolerations[0].operator=Exists', 'priorityClassName=system-cluster-critical'],
        ...['topologySpreadConstraints[0].maxSkew=1', 'topologySpreadConstraints[0].topologyKey=rack'],
        ...['topologySpreadConstraints[0].labelSelector.matchLabels.team=x'],
        ...['topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule', 'podLabels.team=x', 'podAnnotations.a=b'],
      ],
    ],
    ['with another uninstall', ['uninstall.timeoutSeconds=60', 'uninstall.leaveAsleep=true']],
    ['without uninstall', ['uninstall.enabled=false']],
  ])('gives objects that the API server takes, under Pod Security restricted: %s', async (_, sets) => {
    const all = await rendered(...sets.map(set => set.replace('HOME', home)))
    expect(await complaints(all)).toBe('')
    expect(await settingsOf(named(all, 'Deployment', 'rota'))).toMatchObject({ port: 8080 })
  })

  test.each([
    ['replicas=two', "at '/replicas': got string, want integer"],
    ['replica=2', "additional properties 'replica' not allowed"],
    ['image.repo=x', "at '/image': additional properties 'repo' not allowed"],
    ['operations={slep}', "at '/operations/0': value must be one of 'sleep', 'wake'"],
    ['namespaces={Team_A}', "at '/namespaces/0': 'Team_A' does not match pattern"],
    ['namespaces=team-a', "at '/namespaces': got string, want array"],
    ['impersonation=none', "at '/impersonation': value must be one of 'constrained', 'classic'"],
    ['workers.start=0', "at '/workers/start': minimum: got 0, want 1"],
    ['logs.level=trace', "at '/logs/level': value must be one of 'debug', 'info', 'warn', 'error'"],
    ['uninstall.timeoutSeconds=4m', "at '/uninstall/timeoutSeconds': got string, want integer"],
    ['metrics.podMonitor.enabled=true', 'metrics.podMonitor.token.secret: name the Secret'],
    ['image.repository=', 'image.repository: there is no image of Rota that everybody could use.'],
  ])('refuses %s, and names it', async (set, says) => {
    const { code, err } = await helm('template', 'rota', CHART, '--set', IMAGE, '--set', set)
    expect([code, err]).toEqual([1, expect.stringContaining(says)])
  })

  test('refuses constrained impersonation on a cluster that knows none', async () => {
    const { code, err } = await helm('template', 'rota', CHART, '--set', IMAGE, '--kube-version', '1.35.0')
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('needs Kubernetes 1.36, and this is v1.35.0: set impersonation=classic'),
    ])
  })

  test('has a value for each that its schema describes', () => {
    const values = parse(readFileSync(`${CHART}/values.yaml`, 'utf8'))
    const { properties } = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8'))
    const { global: _, ...own } = properties
    expect(Object.keys(own).sort()).toEqual(Object.keys(values).sort())
    expect(properties.operations.items.enum).toEqual(OPERATIONS)
  })

  test.each(OPERATIONS)('has roles for %s, and for nothing else when only that is wanted', async operation => {
    const all = await rendered(`operations={${operation}}`)
    const roles = all.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name)
    const parts = ['', ':accounts', `:${operation}`, ':namespaceSelector'].map(part => `rota:impersonation${part}`)
    expect(roles.sort()).toEqual(['rota:controller', ...parts, `rota:${operation}`].sort())
  })

  test('for some namespaces has no object of the cluster but CRD and policies, which are for these', async () => {
    const all = await rendered('namespaces={team-a,team-b}')
    const { stdout } = await cluster.kubectl(['api-resources', '--namespaced=false', '-o', 'name', '--no-headers'])
    const ofCluster = new Set(stdout.split('\n').map(name => name.split('.')[0]))
    const wide = all.filter(({ kind }) => ofCluster.has(`${kind.toLowerCase().replace(/y$/, 'ie')}s`))
    const kinds = new Set(wide.map(({ kind }) => kind))
    expect(kinds).toEqual(
      new Set(['CustomResourceDefinition', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']),
    )
    for (const { spec } of all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding'))
      expect(JSON.stringify(spec?.['matchResources'])).toContain('["team-a","team-b"]')
    const bound = all.flatMap(({ roleRef }) => (roleRef ? [(roleRef as { kind: string }).kind] : []))
    expect(new Set(bound)).toEqual(new Set(['Role']))
  })

  test('lets only the account of its release write statuses', async () => {
    const all = await rendered('serviceAccount.name=robot')
    const text = JSON.stringify(all)
    expect(text).not.toContain('system:serviceaccount:rota-system')
    expect(text).toContain(`system:serviceaccount:${home}:robot`)
    const subjects = all.flatMap(({ subjects }) => (subjects as readonly object[] | undefined) ?? [])
    expect(subjects).toEqual(subjects.map(() => ({ kind: 'ServiceAccount', name: 'robot', namespace: home })))
  })

  test('keeps the CRD, which is that of crds/', async () => {
    const { metadata, spec } = named(await rendered(), 'CustomResourceDefinition', 'scheduledtasks.rota.dev')
    expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
    expect(spec).toEqual(parse(readFileSync('crds/rota.dev_scheduledtasks.yaml', 'utf8')).spec)
  })
})

describe.skipIf(program === '')('the kustomize base', () => {
  test('is what the chart gives with its own values', async () => {
    const helm = helmWith(program, cluster.kubeconfig, join(cluster.directory, 'helm-template'))
    const [fromChart, fromBase] = await Promise.all([
      chart(helm, 'rota-system', 'image.repository=rota', 'crds.keep=false'),
      kustomized(cluster.kubectlCommand, 'deploy/kustomize/base'),
    ])
    const template = named(fromBase, 'CronJob', 'rota-uninstall').spec?.['jobTemplate'] as { readonly spec: object }
    expect(named(fromChart, 'Job', 'rota-uninstall').spec).toEqual(template.spec)
    const own = ['Namespace rota-system', 'CronJob rota-uninstall']
    const hooks = ['Job rota-uninstall', 'Pod rota-test']
    expect(byName(fromBase, own)).toEqual(byName(fromChart, hooks))
  })

  test.each(['base', 'overlays/cluster', 'overlays/classic', 'overlays/one-namespace'])(
    'and its overlays are taken by the API server: %s',
    async folder => {
      const all = await kustomized(cluster.kubectlCommand, `deploy/kustomize/${folder}`)
      // The namespaces that they are for are those of others here.
      const home = await createNamespace(cluster, 'kustomize', {
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      })
      const moved = all.map(one =>
        one.metadata.namespace ? { ...one, metadata: { ...one.metadata, namespace: home } } : one,
      )
      expect(await complaints(moved)).toBe('')
    },
  )
})

/** What the API server would say. @throws Error for what it refuses */
async function complaints(items: readonly Manifest[]): Promise<string> {
  const flags = ['--server-side', '--force-conflicts', '--field-manager=test', '--dry-run=server', '--validate=strict']
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  return (await cluster.kubectl(['apply', ...flags, '-f', '-'], { input })).stderr
}

/** Without the labels and annotations that say by whom an object was made. */
function byName(all: readonly Manifest[], without: readonly string[]): ReadonlyMap<string, object> {
  const made = /^(helm\.sh\/chart|app\.kubernetes\.io\/(instance|managed-by|version))$/
  const pairs = all
    .map(one => [`${one.kind} ${one.metadata.name}`, one] as const)
    .filter(([name]) => !without.includes(name))
    .map(([name, { metadata, ...rest }]) => {
      const { annotations: _, labels = {}, ...more } = metadata
      const kept = Object.fromEntries(Object.entries(labels).filter(([label]) => !made.test(label)))
      const isCrd = rest.kind === 'CustomResourceDefinition'
      return [name, { ...rest, metadata: isCrd ? more : { ...more, labels: kept } }] as const
    })
  return new Map(pairs.sort(([a], [b]) => a.localeCompare(b)))
}

/** What `rota controller` makes of the arguments. @throws Error when it refuses them */
async function settingsOf({ spec }: Manifest): Promise<object> {
  const { template } = spec as { template: { spec: { containers: readonly [{ args: readonly string[] }] } } }
  const [, ...args] = template.spec.containers[0].args
  let flags: Flags = {}
  const command = controllerCommand(async given => {
    flags = given
  })
  await command.exitOverride().parseAsync(args, { from: 'user' })
  return configOf(flags, {})
}
