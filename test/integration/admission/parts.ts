export const wake = { wake: {} }
export const workloads = (n: number) => Array.from({ length: n }, (_, i) => `w${i}`)
export const scale = (more: object) => ({ operation: { scale: { names: ['web'], replicas: 1, ...more } } })
export const restart = (more: object) => ({ operation: { restart: more } })
export const target = (...namespaces: readonly unknown[]) => ({ operation: wake, target: { namespaces } })
export const retry = (more: object) => ({ operation: wake, retry: more })
