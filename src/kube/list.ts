import type { Request, Requests } from './client.ts'

/** So many objects at a time. */
const PAGE = 500

export interface Page<T> {
  readonly items: readonly T[]
  readonly resourceVersion: string
}

interface List<T> {
  readonly items: readonly T[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
}

/** All pages of a list: one consistent snapshot. @throws FaultError (`Expired` when it took too long), or the abort */
export async function* pages<T>(
  client: Pick<Requests, 'request'>,
  request: Omit<Request, 'method' | 'verb'>,
): AsyncGenerator<Page<T>> {
  for (let next: string | undefined = ''; next !== undefined; ) {
    const query: Record<string, string> = {
      ...request.query,
      limit: String(PAGE),
      ...(next !== '' && { continue: next }),
    }
    const list: List<T> = await client.request<List<T>>({ ...request, method: 'GET', verb: 'list', query })
    yield { items: list.items, resourceVersion: list.metadata.resourceVersion }
    next = list.metadata.continue || undefined
  }
}
