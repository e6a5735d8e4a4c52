import { dirname } from 'node:path'
import { installCrds } from '../../cluster/crds.ts'
import { freePorts } from '../../cluster/ports.ts'
import type { PeerBench } from '../bench.ts'
import { nextMinute, type Stage } from '../stage.ts'
import { type Peer, playPeer } from './sleeping.ts'

const GROUP = 'kube-green.com'

const peer: Peer = {
  name: 'kube-green',
  needs: { PEER_KUBE_GREEN: 'its binary', PEER_KUBE_GREEN_CRD: 'the file with its CRD' },
  verb: 'patch',
  async prepare({ cluster }, kubeconfig, [, crd = '']) {
    await installCrds(cluster, [crd])
    const [webhook, probe] = await freePorts(2)
    const flags = [
      `--kubeconfig=${kubeconfig}`,
      '--webhook-host=127.0.0.1',
      `--webhook-server-port=${webhook}`,
      // It does not start without a certificate, though here nobody calls it: any will do.
      `--webhook-cert-path=${dirname(cluster.caFile)}`,
      '--webhook-cert-name=apiserver.crt',
      '--webhook-cert-key=apiserver.key',
      '--metrics-bind-address=0',
      `--health-probe-bind-address=127.0.0.1:${probe}`,
    ]
    return { flags, probe: `http://127.0.0.1:${probe}/readyz` }
  },
  // It acts at once on a time that is less than a minute away.
  async ask(stage, home, what) {
    const time = new Date(nextMinute(0)).toISOString().slice(11, 16)
    await applySleepInfo(stage, home, { sleepAt: time, ...(what === 'wake' && { wakeUpAt: time }) })
  },
}

export const kubeGreen = (bench: PeerBench): Promise<void> => playPeer(peer, bench)

async function applySleepInfo(stage: Stage, namespace: string, times: object): Promise<void> {
  const name = 'night'
  await stage.client.text({
    ...{ method: 'PATCH', verb: 'patch', resource: `sleepinfos.${GROUP}` },
    path: `/apis/${GROUP}/v1alpha1/namespaces/${namespace}/sleepinfos/${name}`,
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager: 'test' },
    body: {
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'SleepInfo',
      metadata: { name },
      spec: { weekdays: '*', timeZone: 'Etc/UTC', ...times },
    },
  })
}
