import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of the one node and its pods; the address is that of the bridge, which the pods reach it by. */
export const ADDRESS = '10.244.77.1'
const PODS = '10.244.77.0/24'
export const BRIDGE = 'cni0'

export interface Places {
  readonly folder: string
  /** Of containerd. */
  readonly socket: string
  readonly containerd: string
  readonly kubelet: string
}

/** Writes the settings of containerd, of its network and of the kubelet; all that they keep is in the folder. */
export function writeSettings(folder: string, kubeletPort: number): Places {
  const path = (name: string) => join(folder, name)
  mkdirSync(path('cni'), { recursive: true })
  const places = {
    folder,
    socket: path('containerd.sock'),
    containerd: path('containerd.toml'),
    kubelet: path('kubelet.json'),
  }
  writeFileSync(places.containerd, containerdSettings(path, places.socket))
  writeFileSync(path('cni/10-rota.conflist'), JSON.stringify(network(path)))
  writeFileSync(places.kubelet, JSON.stringify(kubeletSettings(path, places.socket, kubeletPort)))
  return places
}

function containerdSettings(path: (name: string) => string, socket: string): string {
  return `version = 2
root = "${path('containerd')}"
state = "${path('containerd-state')}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  # Whose rights are limited cannot make itself harder to kill.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${path('cni')}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`
}

function network(path: (name: string) => string): object {
  const ipam = {
    type: 'host-local',
    dataDir: path('ipam'),
    ranges: [[{ subnet: PODS }]],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  const bridge = { type: 'bridge', bridge: BRIDGE, isGateway: true, ipam }
  return { cniVersion: '1.0.0', name: 'rota', plugins: [bridge] }
}

function kubeletSettings(path: (name: string) => string, socket: string, port: number): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: ADDRESS,
    port,
    healthzPort: 0,
    // Reached by that bridge alone, where only our pods are.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    // It would leave rules of its own on this machine.
    makeIPTablesUtilChains: false,
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${socket}`,
    podLogsDir: path('pod-logs-of-node'),
    volumePluginDir: path('volume-plugins'),
    resolvConf: '',
    evictionHard: { 'memory.available': '1Mi' },
    imageGCHighThresholdPercent: 100,
  }
}
