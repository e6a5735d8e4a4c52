// Ends a cluster, whatever became of whoever started it: clean stop, crash or kill -9.
//
// It runs as a process of its own, in its own session. Its standard input is a pipe from its parent, which only the
// kernel can be trusted to close in every case; when it closes, the processes named on it are killed and the directory
// is removed. Lines: {"name": "etcd", "pid": 42} to watch over a process, the same without pid once it has ended.

import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessRef, refTo } from './liveness.ts'

const directory = process.argv[2]
if (!directory) throw new Error('Usage: reaper.ts DIRECTORY')

// A component that is started again keeps its place: a Map never moves a key.
const watched = new Map<string, ProcessRef | undefined>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const { name, pid } = JSON.parse(line) as { name: string; pid?: number }
  watched.set(name, pid === undefined ? undefined : refTo(pid))
}

// Started last, killed first: nobody is left to complain about a missing server.
const running = [...watched.values()].reverse().filter(ref => ref !== undefined)
for (const ref of running) {
  try {
    if (isRunning(ref)) process.kill(ref.pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}
for (let i = 0; i < 200 && running.some(isRunning); i++) await sleep(10)
rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
