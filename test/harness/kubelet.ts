import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ClusterAccess } from '../cluster/access.ts'
import { until } from '../cluster/until.ts'

const program = fileURLToPath(new URL('../../dist/rota.js', import.meta.url))
const LOOK_PERIOD = 200

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string }
  readonly spec: {
    readonly serviceAccountName: string
    readonly restartPolicy: string
    readonly containers: readonly {
      readonly name: string
      readonly args: readonly string[]
      readonly env?: readonly {
        readonly name: string
        readonly value?: string
        readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } }
      }[]
    }[]
  }
  readonly status: { readonly phase: string }
}

/** What a pod's program does. */
interface Running {
  readonly child: ChildProcess
  /** Both of its streams so far. */
  text: string
  readonly exited: Promise<unknown>
}

/**
 * Stands in for the kubelet, and for kube-proxy, for the pods of Rota in one namespace. Images are not pulled and nothing is
 * confined: for each pod that kwok says is running it starts this build's program on this machine, with the pod's own
 * arguments, its environment and a token of its ServiceAccount; only the port is another one, since all share the machine.
 * A pod that is to end ends with its program.
 */
export interface Kubelet {
  /** What the program of a pod has printed, that of the newest whose name begins so. */
  logs(pod: string): string
  /** Of the operators. */
  urls(): readonly string[]
  stop(): Promise<void>
}

export function startKubelet(cluster: ClusterAccess, namespace: string): Kubelet {
  const pods = new Map<string, Running>()
  const over = new AbortController()
  const urls = () =>
    [...pods.values()].flatMap(({ child, text }) => {
      const port = /"port":(\d+)/.exec(text)?.[1]
      return child.exitCode === null && port !== undefined ? [`http://127.0.0.1:${port}`] : []
    })
  const working = work()
  return {
    urls,
    logs: name => [...pods].findLast(([pod]) => pod.startsWith(name))?.[1].text ?? '',
    async stop() {
      over.abort()
      await working
      await Promise.all([...pods.values()].map(end))
    },
  }

  async function work(): Promise<void> {
    while (!over.signal.aborted) {
      await look().catch(() => undefined) // the API server is about to end, or there is no namespace yet
      await new Promise(resolve => setTimeout(resolve, LOOK_PERIOD))
    }
  }

  async function look(): Promise<void> {
    const { stdout } = await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])
    const { items } = JSON.parse(stdout) as { items: readonly Pod[] }
    const alive = items.filter(({ metadata, status }) => !metadata.deletionTimestamp && status.phase === 'Running')
    for (const pod of alive) if (!pods.has(pod.metadata.name)) await start(pod)
    const names = new Set(items.filter(({ metadata }) => !metadata.deletionTimestamp).map(pod => pod.metadata.name))
    for (const [name, running] of pods) if (!names.has(name)) void end(running)
  }

  async function start({ metadata, spec }: Pod): Promise<void> {
    const [container] = spec.containers
    if (!container) throw new Error(`pod ${metadata.name} has no container`)
    const kubeconfig = await cluster.kubeconfigForServiceAccount(namespace, spec.serviceAccountName)
    const fields: Readonly<Record<string, string>> = {
      'metadata.namespace': metadata.namespace,
      'metadata.name': metadata.name,
    }
    const own = (container.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? fields[valueFrom?.fieldRef.fieldPath ?? ''] ?? '',
    ])
    const [reached = 'http://127.0.0.1:1'] = urls()
    const isOperator = container.args[0] === 'controller'
    const args = container.args.map(word => word.replace(/^http:\/\/[-a-z0-9.]+:8080$/, reached))
    const child = spawn(process.execPath, [program, ...args, ...(isOperator ? ['--port=0'] : [])], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], KUBECONFIG: kubeconfig, ...Object.fromEntries(own) },
    })
    const running: Running = { child, text: '', exited: once(child, 'exit') }
    pods.set(metadata.name, running)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        running.text += chunk
      })
    }
    if (spec.restartPolicy === 'Never') void running.exited.then(() => tell(metadata.name, container.name, child))
  }

  /** That the pod has ended as its program has. */
  async function tell(name: string, container: string, { exitCode }: ChildProcess): Promise<void> {
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' }
    const containerStatuses = [
      { name: container, image: 'none', imageID: 'none', ready: false, restartCount: 0, state: { terminated } },
    ]
    const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses }
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]
    await cluster.tryKubectl(['patch', 'pod', name, '-n', namespace, ...patch])
  }

  async function end({ child, exited }: Running): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  }
}

/** Waits until so many operators are ready. */
export async function operatorsReady(kubelet: Kubelet, count: number): Promise<void> {
  const ready = async () => {
    const answers = kubelet.urls().map(async url => (await fetch(`${url}/readyz`)).ok)
    return (await Promise.all(answers)).filter(Boolean).length
  }
  await until(`${count} operators are ready`, ready, seen => seen === count)
}
