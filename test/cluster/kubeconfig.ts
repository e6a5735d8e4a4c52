import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface KubeconfigContent {
  readonly url: string
  readonly caFile: string
  readonly token: string
  readonly namespace?: string
}

/**
 * Writes a kubeconfig that works wherever it is copied to: the certificate is inside. JSON is YAML. Whoever reads the one
 * that was there before, as an operator that has just been started, reads all of it.
 */
export function writeKubeconfig(path: string, { url, caFile, token, namespace }: KubeconfigContent): string {
  // A proxy of a test speaks plain HTTP.
  const trust = url.startsWith('http:')
    ? { 'insecure-skip-tls-verify': true }
    : { 'certificate-authority-data': readFileSync(caFile).toString('base64') }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, ...trust } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', ...(namespace && { namespace }) } }],
  }
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, `${JSON.stringify(kubeconfig, null, 2)}\n`, { mode: 0o600 })
  renameSync(whole, path)
  return path
}
