import { describe, expect, it } from 'vitest'
import { type Follow, follow, type Link, linesOf, pauseAfter, problemOf } from './stream.ts'

function bodyOf(...pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
      controller.close()
    },
  })
}

describe('lines', () => {
  const all = async (body: ReadableStream<Uint8Array>) => {
    const lines: string[] = []
    for await (const line of linesOf(body)) lines.push(line)
    return lines
  }

  it('are put together from pieces, and only whole ones', async () => {
    expect(await all(bodyOf('{"a":', '1}\n{"b":2}', '\n\n{"c"'))).toEqual(['{"a":1}', '{"b":2}'])
  })

  it('may be cut within a character', async () => {
    const bytes = new TextEncoder().encode('ä\n')
    expect(await all(bodyOf(bytes.slice(0, 1), bytes.slice(1)))).toEqual(['ä'])
  })
})

describe('the stream of tasks', () => {
  const beat = '{"type":"beat","now":"2026-11-25T12:00:00Z"}\n'

  /** Follows answers, one after the other, until there is none left. */
  async function followed(...answers: readonly (() => Response)[]) {
    const stop = new AbortController()
    const links: Link['is'][] = []
    const pauses: number[] = []
    let asked = 0
    let last: Link | undefined
    const options: Follow = {
      signal: stop.signal,
      open: async () => {
        const answer = answers[asked++]
        if (asked === answers.length + 1) stop.abort()
        if (!answer) throw new Error('ended')
        return answer()
      },
      onEvent: () => {},
      onLink: link => {
        last = link
        links.push(link.is)
      },
      pause: async milliseconds => void pauses.push(milliseconds),
    }
    await follow(options)
    return { links, pauses, last }
  }

  it('is opened again when it ends, and soon if it was there', async () => {
    const { links, pauses } = await followed(
      () => new Response(bodyOf(beat)),
      () => new Response(bodyOf(beat, beat)),
    )
    expect(links).toEqual(['Live', 'Away', 'Live', 'Live', 'Away'])
    expect(pauses.every(pause => pause <= 1000)).toBe(true)
  })

  it('is opened again ever later while nobody answers', async () => {
    const down = () => {
      throw new TypeError('Failed to fetch')
    }
    const { links, pauses } = await followed(down, () => new Response('', { status: 503 }), down)
    expect(links).toEqual(['Away', 'Away', 'Away'])
    expect(pauses.map(pause => [1000, 2000, 4000].find(limit => pause <= limit))).toEqual([1000, 2000, 4000])
  })

  it('tells why it is not there, when somebody says so', async () => {
    const body = JSON.stringify({ type: 'about:blank', title: '', status: 503, detail: '250 streams are open' })
    const { links, last } = await followed(() => new Response(body, { status: 503 }))
    expect([links, last]).toEqual([['Away'], { is: 'Away', detail: '250 streams are open' }])
  })

  it('is not opened again when the viewer may not see it', async () => {
    const body = JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'no token' })
    const { links, last } = await followed(
      () => new Response(body, { status: 401 }),
      () => new Response(bodyOf(beat)),
    )
    expect(links).toEqual(['Refused'])
    expect(last).toEqual({ is: 'Refused', status: 401, detail: 'no token' })
  })

  it('is opened again after what is no JSON', async () => {
    const { links } = await followed(() => new Response(bodyOf('<html>\n')))
    expect(links).toEqual(['Away'])
  })
})

it('pauses at most half a minute, with some chance in it', () => {
  expect([0, 1, 4, 5, 50].map(failures => pauseAfter(failures, 0))).toEqual([1000, 2000, 16_000, 30_000, 30_000])
  expect(pauseAfter(0, 1)).toBe(750)
})

it('tells what is wrong also of an answer that is none of ours', async () => {
  const answer = new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' })
  expect(await problemOf(answer)).toMatchObject({ status: 502, detail: '502 Bad Gateway' })
})
