import type { Request } from '../../src/kube/client.ts'
import type { Connection } from '../../src/kube/connection.ts'

type Asked = Pick<Request, 'method' | 'path' | 'query' | 'body' | 'contentType'>

/** What the API server answers, word for word: Rota's client makes faults of it. */
export async function answerOf(
  connection: Connection,
  { method, path, query, body, contentType = 'application/json' }: Asked,
): Promise<{ readonly code: number; readonly body: unknown }> {
  const { origin, pathname } = new URL(`${connection.url}${path}`)
  const answer = await connection.requests.request({
    origin,
    path: `${pathname}?${new URLSearchParams(query)}`,
    method,
    headers: { ...(await connection.headers()), 'content-type': contentType, 'user-agent': 'test' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { code: answer.statusCode, body: await answer.body.json() }
}
