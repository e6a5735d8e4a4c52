import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** So many lines have the logs of all containers but one: more than anybody asks for. */
const LINES = 300
/** The container that has something to complain of; the others count. */
const COMPLAINS = 'complains'

/**
 * What kwok, in place of a kubelet, serves as the logs of containers: files in the format of container runtimes.
 * @returns the file of kwok's that says so
 */
export function writePodLogs(directory: string): string {
  const log = (name: string, stream: string, lines: readonly string[]) => {
    const path = join(directory, name)
    writeFileSync(path, lines.map(line => `2026-01-05T20:00:00.000000000Z ${stream} F ${line}\n`).join(''))
    return path
  }
  const counting = Array.from({ length: LINES }, (_, n) => `line ${n + 1} of ${LINES}`)
  const logs = [
    { containers: [COMPLAINS], logsFile: log('complains.log', 'stderr', ['cannot open /data: permission denied']) },
    { logsFile: log('counts.log', 'stdout', counting) },
  ]
  const config = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'all' },
    spec: { logs },
  }
  const file = join(directory, 'pod-logs.json')
  writeFileSync(file, JSON.stringify(config))
  return file
}
