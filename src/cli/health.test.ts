import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { captured } from '../../test/builders/captured.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'

const ends: (() => unknown)[] = []
afterEach(() => Promise.all(ends.splice(0).map(end => end())))

/** An operator whose /readyz answers this; its address. */
async function answering(status: number, text: string): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' ? status : 404).end(text)
  })
  ends.push(() => server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const health = (url: string) => captured({ clock: new FakeClock(0) }, 'health', url)

describe('rota health', () => {
  it('says that an operator is ready', async () => {
    const url = await answering(200, 'ok\n')
    expect(await health(url)).toEqual({ status: 0, out: `${url}: ok\n`, err: '' })
  })

  it('says why it is not', async () => {
    const url = await answering(503, 'not ready: the watch of tasks is silent')
    expect(await health(url)).toEqual({ status: 1, out: `${url}: not ready: the watch of tasks is silent\n`, err: '' })
  })

  it('says that there is none', async () => {
    const { status, err } = await health('http://127.0.0.1:1')
    expect([status, err]).toEqual([1, expect.stringMatching(/^rota: http:\/\/127.0.0.1:1 does not answer: ./)])
  })

  it('says what it takes', async () => {
    expect(await health('rota')).toMatchObject({ status: 2, err: expect.stringContaining("'rota' must be a URL") })
  })
})
