import { readFileSync } from 'node:fs'

/** In a pod: the namespace that Rota itself lives in, which is no place for tasks. */
export function podNamespace(): string | undefined {
  const given = process.env['POD_NAMESPACE']
  if (given) return given
  try {
    return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim()
  } catch {
    return undefined
  }
}
