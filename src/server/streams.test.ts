import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { answersOf, anyViewer, apiOf, tasksOf } from '../../test/builders/rest.ts'
import { task } from '../../test/builders/task.ts'
import { type Listening, listen } from './server.ts'

const MOST = 250
const WATCH = '/api/tasks/watch'

describe('streams of a server', () => {
  let server: Listening | undefined
  let leaving = new AbortController()
  afterEach(async () => {
    leaving.abort()
    leaving = new AbortController()
    await server?.close()
    server = undefined
  })

  /** A server with so many tasks. */
  async function serving(tasks = 0, may = async () => true): Promise<Listening> {
    const viewer = anyViewer({ may })
    const all = Array.from({ length: tasks }, (_, n) => task({ name: `task-${n}` }))
    server = await listen(
      0,
      '127.0.0.1',
      answersOf({ api: apiOf({ viewer: async () => viewer, tasks: tasksOf({ all: () => all }) }) }),
    )
    return server
  }
  const open = ({ port }: Listening, signal = leaving.signal) => fetch(`http://127.0.0.1:${port}${WATCH}`, { signal })
  const refusal = async (answer: Response) => ((await answer.json()) as { detail: string }).detail

  it('are so many at most: the one above is told so, and gets the place of one that is closed', async () => {
    const here = await serving()
    const leave = new AbortController()
    const first = await open(here, leave.signal)
    const others = await Promise.all(Array.from({ length: MOST - 1 }, () => open(here)))
    expect(new Set([first, ...others].map(({ status }) => status))).toEqual(new Set([200]))
    // Else it would live on for a while after its stream, and who stops would wait for it.
    expect(first.headers.get('connection')).toBe('close')
    const above = await open(here)
    expect([above.status, above.headers.get('content-type'), above.headers.get('retry-after')]).toEqual([
      503,
      'application/problem+json',
      '10',
    ])
    expect(await refusal(above)).toBe('250 streams are open, which is the most: close one, or ask for /api/tasks')
    leave.abort()
    let again = await open(here)
    while (again.status === 503) {
      await again.text()
      await pause(5)
      again = await open(here)
    }
    expect(again.status).toBe(200)
  })

  it('are not more when many are asked for in the same moment', async () => {
    const here = await serving(0, async () => {
      await pause(20)
      return true
    })
    const answers = await Promise.all(Array.from({ length: MOST + 20 }, () => open(here)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST)
  })

  it('take no place when they are refused', async () => {
    let may = false
    const here = await serving(0, async () => may)
    for (let times = 0; times < MOST; times++) await (await open(here)).text()
    may = true
    expect((await open(here)).status).toBe(200)
  })

  it('do not keep it from ending, also when nobody reads them', async () => {
    const here = await serving(10_000)
    const socket = connect(here.port, '127.0.0.1')
    socket.write(`GET ${WATCH} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
    await once(socket, 'readable')
    const reader = await open(here)
    await here.close()
    expect(reader.status).toBe(200)
    server = undefined
    socket.destroy()
  })
})
