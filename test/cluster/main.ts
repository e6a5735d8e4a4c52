// A control plane to play with. Boots one, prints how to reach it, ends it at Ctrl-C.
//   --build-only   only see to it that the binaries are there

import { parseArgs } from 'node:util'
import { findControlPlane } from './binaries.ts'
import { startCluster } from './cluster.ts'
import { installCrds } from './crds.ts'

const { values } = parseArgs({ options: { 'build-only': { type: 'boolean', default: false } } })

try {
  const source = await findControlPlane()
  if (source.kind === 'Unavailable') throw new Error(source.reason)
  if (!values['build-only']) {
    const interrupted = new Promise<void>(resolve => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    })
    const start = performance.now()
    const cluster = await startCluster({ source })
    await installCrds(cluster)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`Ready after ${seconds} s; logs in ${cluster.directory}/logs; Ctrl-C ends it.\n`)
    console.log(`export KUBECONFIG=${cluster.kubeconfig}`)
    const keepAlive = setInterval(() => {}, 1 << 30)
    await interrupted
    clearInterval(keepAlive)
    await cluster.stop()
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
