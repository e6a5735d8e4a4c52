import type { Problem, WatchEvent } from '../server/shapes.ts'

/** What the stream of tasks is at. */
export type Link =
  | { readonly is: 'Connecting' }
  | { readonly is: 'Live' }
  /** Nobody answers, or not as he should, and then perhaps says why; it is tried again. */
  | { readonly is: 'Away'; readonly detail?: string }
  /** The answer is no, and trying again would not help. */
  | { readonly is: 'Refused'; readonly status: 401 | 403; readonly detail: string }

export interface Follow {
  readonly open: (signal: AbortSignal) => Promise<Response>
  readonly onEvent: (event: WatchEvent) => void
  readonly onLink: (link: Link) => void
  /** Resolves after so many milliseconds, earlier when it makes sense to try again. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
}

/** A beat comes every 10 s; who is silent for longer than this is not there any more. Milliseconds. */
const SILENCE = 25_000
const SHORTEST_PAUSE = 1000
const LONGEST_PAUSE = 30_000

/** Reads the stream until told to end, or until it is refused; opens it again when it ends. It never rejects. */
export async function follow({ open, onEvent, onLink, pause, signal }: Follow): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const silent = new AbortController()
    let away: Link = { is: 'Away' }
    let timer = setTimeout(() => silent.abort(), SILENCE)
    try {
      const response = await open(AbortSignal.any([signal, silent.signal]))
      const { ok, status, body } = response
      if (!ok || body === null) {
        const { detail } = await problemOf(response)
        if (status === 401 || status === 403) return onLink({ is: 'Refused', status, detail })
        away = { is: 'Away', detail }
        throw new Error(detail)
      }
      for await (const line of linesOf(body)) {
        clearTimeout(timer)
        timer = setTimeout(() => silent.abort(), SILENCE)
        failures = 0
        onEvent(JSON.parse(line) as WatchEvent)
        onLink({ is: 'Live' })
      }
    } catch {
      // Whatever it was: the next try will tell.
    } finally {
      clearTimeout(timer)
    }
    if (signal.aborted) return
    onLink(away)
    await pause(pauseAfter(failures), signal)
  }
}

/** Doubled each time, up to half a minute; up to a quarter less, so that many pages do not come all at once. Milliseconds. */
export function pauseAfter(failures: number, chance = Math.random()): number {
  return Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** failures) * (1 - chance / 4)
}

/** The lines of a text that comes in pieces; the last one only when it is whole. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield line
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** What an answer says is wrong, also when it comes from something in between that knows nothing of RFC 9457. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText } = response
  const unknown = { type: 'about:blank', title: statusText, status, detail: `${status} ${statusText}`.trim() }
  try {
    const body = (await response.json()) as Partial<Problem>
    return typeof body.detail === 'string' ? { ...unknown, ...body, detail: body.detail, status } : unknown
  } catch {
    return unknown
  }
}
