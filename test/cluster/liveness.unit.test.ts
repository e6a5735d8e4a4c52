import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isRunning, refTo } from './liveness.ts'

test('this process runs', () => {
  expect(isRunning(refTo(process.pid))).toBe(true)
})

test('a process that has ended does not run', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const ref = refTo(child.pid ?? 0)
  expect(isRunning(ref)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isRunning(ref)).toBe(false)
})

test.runIf(existsSync('/proc/self/stat'))('another process with the same pid is not taken for it', () => {
  const { startTime, pid } = refTo(process.pid)
  expect(startTime).toMatch(/^\d+$/)
  expect(isRunning({ pid, startTime: '1' })).toBe(false)
})
