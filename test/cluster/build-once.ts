import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { withLock } from './lock.ts'
import { type Reaper, startReaper } from './reaper-client.ts'

/**
 * Makes `folder`, which appears with all that `build` puts into it, or not at all. `isDone` is asked once more when another
 * process may have made it meanwhile.
 */
export async function buildOnce(
  folder: string,
  what: string,
  isDone: () => boolean,
  build: (into: string, reaper: Reaper) => Promise<void>,
): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true })
  const waiting = (pid: number): void => console.log(`Waiting for process ${pid}, which is building ${what}`)
  await withLock(`${folder}.lock`, waiting, async () => {
    if (isDone()) return
    const partial = `${folder}.${process.pid}.partial`
    mkdirSync(partial)
    const reaper = startReaper(partial)
    try {
      await build(partial, reaper)
      rmSync(folder, { recursive: true, force: true }) // somebody may have taken files out of it
      renameSync(partial, folder)
    } finally {
      await reaper.reap()
    }
  })
}
