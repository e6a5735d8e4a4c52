/** What the address says after `#`: the overview, as filtered, or the page of a task. */
export type Route =
  | { readonly page: 'Overview'; readonly filter: Filter }
  | { readonly page: 'Task'; readonly id: string; readonly run: string | undefined }

export interface Filter {
  readonly text: string
  readonly namespace: string
  readonly state: string
}

const KEYS = ['text', 'namespace', 'state'] as const

/** Reads `#/team-a/nights-off`, `#/?state=failing`. Whatever else stands there is the overview. */
export function routeOf(hash: string): Route {
  const [path = '', query] = hash.replace(/^#/, '').split('?')
  const values = new URLSearchParams(query)
  const [, namespace, name] = path.split('/')
  if (namespace && name)
    return { page: 'Task', id: `${decoded(namespace)}/${decoded(name)}`, run: values.get('run') ?? undefined }
  const [text, chosen, state] = KEYS.map(key => values.get(key) ?? '')
  return { page: 'Overview', filter: { text: text ?? '', namespace: chosen ?? '', state: state ?? '' } }
}

/** The address of a task's page, with one of its runs open. */
export function taskAddress(id: string, run?: string): string {
  return `#/${id.split('/').map(encodeURIComponent).join('/')}${run === undefined ? '' : `?run=${encodeURIComponent(run)}`}`
}

export function overviewAddress(filter: Partial<Filter> = {}): string {
  const query = new URLSearchParams(KEYS.flatMap(key => (filter[key] ? [[key, filter[key]]] : [])))
  return query.size === 0 ? '#/' : `#/?${query}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
