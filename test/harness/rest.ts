import { expect } from 'vitest'
import { eventShape, problemShape, type WatchEvent } from '../../src/server/shapes.ts'
import type { TestOperator } from './operator.ts'

interface Call {
  readonly method?: 'GET' | 'POST'
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const call = (
  { port }: Pick<TestOperator, 'port'>,
  path: string,
  { method = 'GET', token, body, headers }: Call = {},
) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

/** The detail of a problem, with its status in front. */
export const problem = async (answer: Promise<Response>) => {
  const response = await answer
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const { status, detail } = problemShape.parse(await response.json())
  expect(status).toBe(response.status)
  return `${status} ${detail}`
}

/** What a stream of tasks tells. */
export async function* eventsOf(response: Response): AsyncGenerator<WatchEvent> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield eventShape.parse(JSON.parse(line))
  }
}
