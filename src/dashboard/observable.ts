import { useEffect, useState } from 'preact/hooks'

/** A value that tells when it is another one. */
export interface Observable<T> {
  get(): T
  set(value: T): void
  /** Returns a function that ends it. */
  subscribe(changed: () => void): () => void
}

export function observable<T>(value: T): Observable<T> {
  const subscribers = new Set<() => void>()
  return {
    get: () => value,
    set: next => {
      if (next === value) return
      value = next
      for (const changed of subscribers) changed()
    },
    subscribe: changed => {
      subscribers.add(changed)
      return () => void subscribers.delete(changed)
    },
  }
}

/** The value now; the component is rendered again when it changes. */
export function useObserved<T>(source: Observable<T>): T {
  const [value, setValue] = useState(source.get())
  useEffect(() => {
    const update = () => setValue(() => source.get())
    update()
    return source.subscribe(update)
  }, [source])
  return value
}
