import { readdirSync, readFileSync } from 'node:fs'

/** Its own collection of garbage, and what its start leaves to do, are over by then. Milliseconds. */
export const SETTLED = 5_000

/** What Linux says of a process. */
export interface Usage {
  /** Milliseconds on a processor, of all its threads so far. */
  readonly cpu: number
  /** Bytes now, and the most it ever had. */
  readonly resident: number
  readonly peak: number
  /** How often its main thread has gone to sleep of its own will: once for each time it woke. */
  readonly wakeUps: number
}

/** @throws Error when there is no such process, or no Linux */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const cpu = readdirSync(`/proc/${pid}/task`)
    .map(thread => cpuIn(read(`/proc/${pid}/task/${thread}/schedstat`)))
    .reduce((sum, milliseconds) => sum + milliseconds, 0)
  return { cpu, ...statusIn(status) }
}

/** A thread may end while we look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '0 0 0'
  }
}

/** Milliseconds on a processor: the first number, in nanoseconds, of a `schedstat`. */
export function cpuIn(schedstat: string): number {
  return Number(schedstat.split(' ')[0]) / 1e6
}

/** What of a `status` counts here. */
export function statusIn(status: string): Omit<Usage, 'cpu'> {
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN)
  return {
    resident: number('VmRSS') * 1024,
    peak: number('VmHWM') * 1024,
    wakeUps: number('voluntary_ctxt_switches'),
  }
}
