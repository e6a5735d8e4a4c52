import { readFileSync } from 'node:fs'

/** A process as it can be recognised later: a pid alone may by then belong to somebody else. */
export interface ProcessRef {
  readonly pid: number
  /** Clock ticks after boot, from /proc; absent where there is no /proc (macOS). */
  readonly startTime?: string
}

export function refTo(pid: number): ProcessRef {
  const stat = readStat(pid)
  return stat ? { pid, startTime: stat.startTime } : { pid }
}

/** Whether the very process that `ref` was taken from still runs; a zombie does not. */
export function isRunning(ref: ProcessRef): boolean {
  if (ref.startTime !== undefined) {
    const stat = readStat(ref.pid)
    return stat !== undefined && stat.startTime === ref.startTime && !'ZX'.includes(stat.state)
  }
  try {
    process.kill(ref.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readStat(pid: number): { state: string; startTime: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name, in parentheses, may itself hold blanks and parentheses: count from the last one (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    return state && startTime ? { state, startTime } : undefined
  } catch {
    return undefined
  }
}
