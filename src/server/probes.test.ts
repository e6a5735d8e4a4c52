import { afterEach, expect, it } from 'vitest'
import { answersOf } from '../../test/builders/rest.ts'
import type { Answers } from './ports.ts'
import { listen } from './server.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

it.each<[string, Partial<Answers>, string]>([
  ['healthz', {}, '200 ok'],
  [
    'healthz',
    { notAlive: () => 'tasks have not been watched for 121 s' },
    '503 not alive: tasks have not been watched for 121 s',
  ],
  ['healthz', { notReady: () => 'the watch of tasks is silent' }, '200 ok'],
  ['readyz', {}, '200 ok'],
  ['readyz', { notReady: () => 'the watch of tasks is silent' }, '503 not ready: the watch of tasks is silent'],
])('/%s with %o answers %s', async (path, changes, answer) => {
  const server = await listen(0, '127.0.0.1', answersOf(changes))
  ends.push(server.close)
  const response = await fetch(`http://127.0.0.1:${server.port}/${path}`)
  expect(`${response.status} ${(await response.text()).trim()}`).toBe(answer)
})
