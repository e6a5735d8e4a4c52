import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessRef, refTo } from './liveness.ts'

/**
 * Does `work` while no other process on this machine does work under the same lock file. The lock of a process that died
 * is taken over; two that take it over at the very same moment may both get it, so it may save work, not guard data.
 */
export async function withLock<T>(
  path: string,
  waitingFor: (holder: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told: number | undefined
  while (!tryCreate(path)) {
    const holder = readHolder(path)
    if (holder && isRunning(holder)) {
      if (told !== holder.pid) waitingFor(holder.pid)
      told = holder.pid
      await sleep(500)
    } else {
      rmSync(path, { force: true })
    }
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryCreate(path: string): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(refTo(process.pid)))
  try {
    linkSync(draft, path) // appears with its content, or not at all
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

function readHolder(path: string): ProcessRef | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRef
  } catch {
    return undefined // just released
  }
}
