import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callApi } from './api.ts'
import { createCredentials } from './credentials.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { writePodLogs } from './pod-logs.ts'
import { freePorts } from './ports.ts'
import { createProcess, type ProcessControl } from './processes.ts'
import type { Reaper } from './reaper-client.ts'
import { until } from './until.ts'

export interface ControlPlane {
  readonly url: string
  readonly caFile: string
  readonly kubeconfig: string
  readonly auditLog: string
  readonly etcd: ProcessControl
  readonly apiServer: ProcessControl
  readonly controllerManager: ProcessControl
  readonly scheduler: ProcessControl
  readonly kwok: ProcessControl
}

export interface ControlPlaneSpec {
  /** Where the binaries are. */
  readonly binaries: string
  /** Where data, logs and credentials go; empty. */
  readonly directory: string
  readonly reaper: Reaper
  readonly nodes: number
  readonly apiServerFlags: readonly string[]
  readonly controllerManagerFlags: readonly string[]
  /** What the API server writes down about requests. */
  readonly auditPolicy: object
}

// Node leases are renewed by kwok: without them the nodes would count as lost.
const nodeLeaseSeconds = 40

/** Boots a control plane on loopback ports; resolves when Pods can be created and will run. */
export async function bootControlPlane(spec: ControlPlaneSpec): Promise<ControlPlane> {
  const { directory } = spec
  const path = (name: string): string => join(directory, name)
  for (const name of ['logs', 'kubeconfigs', 'pod-logs']) mkdirSync(path(name))
  const [clientPort, peerPort, apiPort, kubeletPort] = await freePorts(4)
  const credentials = createCredentials(directory)
  writeFileSync(path('audit-policy.json'), JSON.stringify(spec.auditPolicy))

  const etcdUrl = `http://127.0.0.1:${clientPort}`
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const url = `https://127.0.0.1:${apiPort}`
  const caFile = path('apiserver/apiserver.crt')
  const kubeconfigOf = (key: keyof typeof credentials.tokens): string => path(`kubeconfigs/${key}`)
  const call = (method: string, where: string, body?: object) =>
    callApi({ url, ca: readFileSync(caFile, 'utf8'), token: credentials.tokens.admin }, method, where, body)

  const define = (name: string, ready: (died: AbortSignal) => Promise<unknown>, args: readonly string[]) =>
    createProcess({
      name,
      command: join(spec.binaries, name),
      args,
      logFile: path(`logs/${name}.log`),
      reaper: spec.reaper,
      ready,
    })

  const etcd = define('etcd', died => until('etcd is healthy', () => fetchHealth(etcdUrl), Boolean, soon(died)), [
    `--data-dir=${path('etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ])

  const isServing = (died: AbortSignal) =>
    until('the API server is ready', () => call('GET', '/readyz'), isOk, soon(died))
  const apiServer = define('kube-apiserver', isServing, [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${path('apiserver')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${credentials.tokenFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    `--audit-policy-file=${path('audit-policy.json')}`,
    `--audit-log-path=${path('audit.log')}`,
    '--audit-log-maxsize=0', // one file, however long
    '--profiling=false',
    '--shutdown-watch-termination-grace-period=1s', // else SIGTERM waits up to a minute for watches to end
    ...spec.apiServerFlags,
  ])

  const controllerManager = define('kube-controller-manager', died => hasDefaultAccount(call, died), [
    `--kubeconfig=${kubeconfigOf('controllerManager')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--use-service-account-credentials=true',
    `--root-ca-file=${caFile}`,
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    '--kube-api-qps=500', // by default the controllers start 4 s later
    '--kube-api-burst=1000',
    '--controllers=*,-node-ipam-controller,-persistentvolume-attach-detach-controller,' +
      '-persistentvolume-expander-controller,-certificatesigningrequest-signing-controller',
    ...spec.controllerManagerFlags,
  ])

  const scheduler = define('kube-scheduler', async () => {}, [
    `--kubeconfig=${kubeconfigOf('scheduler')}`,
    '--leader-elect=false',
    '--secure-port=0',
  ])

  const kwok = define('kwok', died => haveReadyNodes(call, spec.nodes, died), [
    `--kubeconfig=${kubeconfigOf('kwok')}`,
    `--config=${fileURLToPath(new URL('stages.yaml', import.meta.url))}`,
    '--manage-all-nodes=true',
    `--node-lease-duration-seconds=${nodeLeaseSeconds}`,
    '--node-ip=127.0.0.1',
    // Where the API server asks for logs; it does not look at the certificate.
    `--config=${writePodLogs(path('pod-logs'))}`,
    `--node-port=${kubeletPort}`,
    `--server-address=127.0.0.1:${kubeletPort}`,
    `--tls-cert-file=${caFile}`,
    `--tls-private-key-file=${path('apiserver/apiserver.key')}`,
  ])

  // The API server waits for etcd by itself.
  await Promise.all([etcd.start(), apiServer.start()])
  for (const key of ['admin', 'controllerManager', 'scheduler', 'kwok'] as const) {
    writeKubeconfig(kubeconfigOf(key), { url, caFile, token: credentials.tokens[key] })
  }
  // Before any Pod: the scheduler would not look again at one without a node for up to 10 s.
  for (let i = 0; i < spec.nodes; i++) await call('POST', '/api/v1/nodes', fakeNode(`fake-${i}`))
  await Promise.all([controllerManager.start(), scheduler.start(), kwok.start()])

  return {
    url,
    caFile,
    kubeconfig: kubeconfigOf('admin'),
    auditLog: path('audit.log'),
    etcd,
    apiServer,
    controllerManager,
    scheduler,
    kwok,
  }
}

type Call = (method: string, path: string, body?: object) => ReturnType<typeof callApi>

const soon = (died: AbortSignal) => ({ timeout: 60_000, interval: 50, signal: died })

async function fetchHealth(etcdUrl: string): Promise<boolean> {
  return (await fetch(`${etcdUrl}/health`, { signal: AbortSignal.timeout(2_000) })).ok
}

/** The last thing that a new cluster needs before Pods can be made, and a sign that the controllers run. */
function hasDefaultAccount(call: Call, died: AbortSignal): Promise<unknown> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  return until('namespace default has its ServiceAccount', () => call('GET', path), isOk, soon(died))
}

function isOk(answer: { status: number }): boolean {
  return answer.status === 200
}

function haveReadyNodes(call: Call, count: number, died: AbortSignal): Promise<unknown> {
  interface Node {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
  const readyNodes = async (): Promise<number> => {
    const { items } = JSON.parse((await call('GET', '/api/v1/nodes')).body) as { items: readonly Node[] }
    return items.filter(node => node.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')).length
  }
  return until(`${count} nodes are ready`, readyNodes, ready => ready >= count, soon(died))
}

function fakeNode(name: string): object {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }
}
