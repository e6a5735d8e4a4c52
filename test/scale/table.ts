import { number } from '../../src/lib/text.ts'
import { type Answer, JITTERS, type Late } from './answers.ts'
import { IN_WRITES, WRITE } from './costs.ts'
import { STATUS_WRITES } from './rush.ts'

/** One line for each question, one column for each size. */
export function tableOf(answers: readonly Answer[]): string {
  const rows: (readonly [string, (answer: Answer) => string])[] = [
    ['tasks', ({ tasks }) => count(tasks)],
    ['cores of the API server', ({ cores }) => count(cores)],
    ['due at once, in the largest zone', ({ atOnce }) => count(atOnce)],
    ['replicas at work, shards', ({ fleet }) => `${fleet.replicas}, ${fleet.shards}`],
    ['the fullest shard, by the mean', ({ fullest }) => `${fullest.toFixed(2)} ×`],
    ['memory of each replica', ({ memory }) => gib(memory)],
    ['memory of the API server, for tasks alone', ({ serverMemory }) => gib(serverMemory)],
    ['start of a replica, at least', ({ start }) => time(start / 1000)],
    ['runs a second in the rush', ({ runs }) => count(runs)],
    ['status writes a second: all, each shard', ({ runs, fleet }) => writes(runs, fleet.shards)],
    ['events of watches a second', ({ runs, fleet }) => count(runs * STATUS_WRITES * fleet.watchers)],
    ['part of the API server that they are', ({ telling }) => percent(telling)],
    ['each replica is busy', ({ busy }) => percent(busy)],
    ...JITTERS.flatMap((jitter, n) => [
      [`late by, ${jitterName(jitter)}: p50, p99, last`, (a: Answer) => late(a.late[n])] as const,
      ['the same, a replica killed meanwhile', (a: Answer) => late(a.killed[n])] as const,
    ]),
    ['at rest, requests a second', ({ leases, watches }) => count(leases.reads + leases.writes + watches)],
    ['cores of the API server for them', answer => coresAtRest(answer).toFixed(2)],
    ['etcd after the rush', ({ etcd, etcds }) => files(etcd.default, etcds.default)],
    ['the same, `historyLimit: 1`', ({ etcd, etcds }) => files(etcd.short, etcds.short)],
    ['clusters for the namespaces', ({ clusters }) => count(clusters)],
  ]
  const lines = rows.map(([what, of]) => [what, ...answers.map(of)])
  const [header = [], ...rest] = lines
  return [header, header.map((_, n) => (n === 0 ? '---' : '---:')), ...rest]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}

export function count(value: number): string {
  return number(Math.round(value))
}

export function jitterName(seconds: number): string {
  return seconds === 0 ? 'no jitter' : `\`jitterSeconds: ${seconds}\``
}

/** As people say it: 45 ms, 8.2 s, 12 min. */
export function time(seconds: number): string {
  if (seconds < 1) return `${(seconds * 1000).toFixed(0)} ms`
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`
}

function late(late: Late | undefined): string {
  return late ? [late.p50, late.p99, late.last].map(time).join(', ') : ''
}

function writes(runs: number, shards: number): string {
  return `${count(runs * STATUS_WRITES)}, ${count((runs * STATUS_WRITES) / shards)}`
}

function coresAtRest({ leases, watches }: Answer): number {
  const inWrites = (leases.reads + watches) * IN_WRITES.read + leases.writes * IN_WRITES.renewal
  return (inWrites * WRITE) / 1000
}

function files(bytes: number, etcds: number): string {
  return etcds === 1 ? gib(bytes) : `${gib(bytes)}, too much for one`
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
