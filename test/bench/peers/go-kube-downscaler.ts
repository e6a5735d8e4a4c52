import type { PeerBench } from '../bench.ts'
import { type Peer, playPeer } from './sleeping.ts'

const peer: Peer = {
  name: 'GoKubeDownscaler',
  needs: { PEER_GOKUBEDOWNSCALER: 'its binary' },
  waiting: 'it looks each 30 s, and has been asked soon after a look: at any time it would be 15 s on average',
  verb: 'update',
  async prepare(_stage, kubeconfig) {
    // It leaves a Deployment alone that is younger than a quarter of an hour, unless told. All else is as it comes.
    const flags = ['-k', kubeconfig, '--interval=30s', '--grace-period=0s']
    return { flags, probe: 'http://127.0.0.1:8081/readyz' }
  },
  async ask(stage, home, what) {
    const annotations = { 'downscaler/downtime': what === 'sleep' ? 'always' : 'never' }
    await stage.client.text({
      ...{ method: 'PATCH', verb: 'patch', resource: 'namespaces', path: `/api/v1/namespaces/${home}` },
      query: { fieldManager: 'test' },
      body: { metadata: { annotations } },
    })
  },
}

export const goKubeDownscaler = (bench: PeerBench): Promise<void> => playPeer(peer, bench)
