import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refTo } from './liveness.ts'
import { withLock } from './lock.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rota-lock-'))
  path = join(directory, 'lock')
})
afterEach(() => rmSync(directory, { recursive: true }))

test('is held during the work and released after it, failed or not', async () => {
  await withLock(path, fail, async () => expect(existsSync(path)).toBe(true))
  expect(existsSync(path)).toBe(false)
  await expect(withLock(path, fail, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk')
  expect(existsSync(path)).toBe(false)
})

test('waits for a holder that runs, and says so once', async () => {
  writeFileSync(path, JSON.stringify(refTo(process.pid)))
  const told: number[] = []
  const release = (pid: number): void => {
    told.push(pid)
    rmSync(path)
  }
  expect(await withLock(path, release, async () => 'done')).toBe('done')
  expect(told).toEqual([process.pid])
})

test.for([
  ['of a dead process', JSON.stringify({ pid: 2 ** 22 + 1 })],
  ['that is damaged', ''],
])('takes over a lock %s', async ([, content]) => {
  writeFileSync(path, content ?? '')
  expect(await withLock(path, fail, async () => 'done')).toBe('done')
})

function fail(pid: number): void {
  throw new Error(`Should not wait for ${pid}`)
}
