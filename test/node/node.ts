import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { freePorts } from '../cluster/ports.ts'
import { createProcess, type ProcessControl } from '../cluster/processes.ts'
import { startReaper } from '../cluster/reaper-client.ts'
import { until } from '../cluster/until.ts'
import { ADDRESS, BRIDGE, type Places, writeSettings } from './settings.ts'

const NAME = 'node-1'
/** Of our rules: for the address by which pods know the API server. */
const TABLE = 'rota-node'

export interface Node {
  /** Of docker-archives. */
  load(...archives: readonly string[]): void
  /** Of containers of this image, in this pod if one is named: their process ids. */
  processes(image: string, pod?: string): readonly number[]
  stop(): Promise<void>
}

/** What keeps this machine from running pods; undefined when nothing does. */
export function whyNoNode(): string | undefined {
  if (process.platform !== 'linux') return 'it takes Linux'
  if (process.getuid?.() !== 0) return 'it takes root'
  const programs = ['containerd', 'ctr', 'runc', 'nft', 'ip', 'buildah']
  const missing = programs.filter(name => spawnSync('which', [name]).status !== 0)
  if (!existsSync('/usr/lib/cni/bridge')) missing.push('/usr/lib/cni/bridge')
  if (missing.length > 0) {
    const packages = 'containerd runc containernetworking-plugins nftables iproute2 buildah'
    return `there is no ${missing.join(', ')} (apt-get install --no-install-recommends ${packages})`
  }
  if (!existsSync('/sys/fs/cgroup')) return 'there are no cgroups'
  if (existsSync(`/sys/class/net/${BRIDGE}`)) return `there is a network ${BRIDGE} already`
  return undefined
}

/** A real kubelet with containerd on this machine as a node of the cluster, in the place of the fake ones. */
export async function startNode(cluster: Cluster, kubelet: string): Promise<Node> {
  await cluster.kwok.kill()
  const folder = join(cluster.directory, 'node')
  const [port = 0] = await freePorts(1)
  const places = writeSettings(folder, port)
  mkdirSync(join(folder, 'logs'))
  const reaper = startReaper(join(folder, 'logs'))
  network('up', cluster)
  const define = (name: string, command: string, args: readonly string[], ready: () => Promise<unknown>) =>
    createProcess({ name, command, args, logFile: join(folder, `${name}.log`), reaper, ready })
  const others = new Set(podNetworks())
  const isRuntimeUp = () => until('containerd answers', () => ctr(places, 'version') !== '')
  const containerd = define('containerd', 'containerd', ['--config', places.containerd], isRuntimeUp)
  const isReady = () =>
    until('the node is ready', async () => {
      const path = '{.status.conditions[?(@.type=="Ready")].status}'
      const { stdout } = await cluster.tryKubectl(['get', 'node', NAME, '-o', `jsonpath=${path}`])
      return stdout === 'True'
    })
  const agent = define('kubelet', kubelet, kubeletFlags(places, cluster), isReady)
  await containerd.start()
  await agent.start()
  return {
    load: (...archives) => {
      for (const archive of archives) ctr(places, 'images', 'import', archive)
    },
    processes: (image, pod) => {
      const ofPod = pod === undefined ? [] : [`labels."io.kubernetes.pod.name"==${pod}`]
      const rows = (...words: readonly string[]) =>
        ctr(places, ...words)
          .split('\n')
          .slice(1)
          .map(line => line.split(/\s+/))
      const ofImage = rows('containers', 'list', ...ofPod).filter(([, of]) => of === image)
      const ids = new Set(ofImage.map(([id]) => id))
      return rows('tasks', 'list')
        .filter(([id, , state]) => ids.has(id) && state === 'RUNNING')
        .map(([, pid]) => Number(pid))
    },
    stop: () => stop(cluster, places, { agent, containerd, others, reap: () => reaper.reap() }),
  }
}

function kubeletFlags({ kubelet, folder }: Places, { kubeconfig }: Cluster): readonly string[] {
  return [
    `--config=${kubelet}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${NAME}`,
    `--node-ip=${ADDRESS}`,
    `--root-dir=${join(folder, 'kubelet')}`,
    `--cert-dir=${join(folder, 'kubelet-certs')}`,
  ]
}

function ctr(places: Places, ...words: readonly string[]): string {
  return execFileSync('ctr', [...to(places), ...words], { encoding: 'utf8' })
}

function to({ socket }: Places): readonly string[] {
  return ['--address', socket, '--namespace', 'k8s.io']
}

/** A bridge for pods, on which the API server, which listens on loopback, has the address by which they know it. */
function network(to: 'up' | 'down', { url }: Cluster): void {
  const run = (line: string) => {
    const [program = '', ...words] = line.split(' ')
    const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' })
    if (status !== 0 && to === 'up') throw new Error(`${line}: ${stderr}`)
  }
  if (to === 'down') {
    run(`nft delete table ip ${TABLE}`)
    run(`ip link delete ${BRIDGE}`)
    return
  }
  run(`ip link add ${BRIDGE} type bridge`)
  run(`ip address add ${ADDRESS}/24 dev ${BRIDGE}`)
  run(`ip link set ${BRIDGE} up`)
  run(`sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.${BRIDGE}.route_localnet=1`)
  run(`nft add table ip ${TABLE}`)
  run(`nft add chain ip ${TABLE} prerouting { type nat hook prerouting priority dstnat ; }`)
  run(`nft add rule ip ${TABLE} prerouting ip daddr 10.0.0.1 tcp dport 443 dnat to 127.0.0.1:${new URL(url).port}`)
}

interface Running {
  readonly agent: ProcessControl
  readonly containerd: ProcessControl
  /** Networks of pods that are not ours. */
  readonly others: ReadonlySet<string>
  reap(): Promise<void>
}

/** Ends all pods, and leaves nothing of them on this machine: no process, mount, network or cgroup. */
async function stop(cluster: Cluster, places: Places, { agent, containerd, others, reap }: Running): Promise<void> {
  await agent.stop()
  const inTasks = (...words: readonly string[]) => spawnSync('ctr', [...to(places), 'tasks', ...words])
  const idsOf = (what: string) => ctr(places, what, 'list', '-q').split('\n').filter(Boolean)
  const areGone = () => {
    for (const id of idsOf('tasks')) {
      inTasks('kill', '--all', '--signal', 'SIGKILL', id)
      inTasks('delete', id)
    }
    return idsOf('tasks').length === 0
  }
  await until('no container runs', areGone)
  for (const id of idsOf('containers')) ctr(places, 'containers', 'delete', id)
  await containerd.stop()
  await reap()
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const ours = mounts.map(line => line.split(' ')[1] ?? '').filter(path => path.startsWith(places.folder))
  for (const path of ours.toReversed()) spawnSync('umount', ['--lazy', path])
  for (const name of podNetworks()) if (!others.has(name)) spawnSync('ip', ['netns', 'delete', name])
  spawnSync('find', ['/sys/fs/cgroup/', '-depth', '-type', 'd', '-path', '*/kubepods*', '-exec', 'rmdir', '{}', ';'])
  network('down', cluster)
}

function podNetworks(): readonly string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns').filter(name => name.startsWith('cni-')) : []
}
