import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A user that authenticates by a static token. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

/** kwok has its own name, so that the audit log can tell the fake kubelet from the tests. */
export const users = {
  admin: { name: 'admin', groups: ['system:masters'] },
  controllerManager: { name: 'system:kube-controller-manager', groups: [] },
  scheduler: { name: 'system:kube-scheduler', groups: [] },
  kwok: { name: 'system:kwok', groups: ['system:masters'] },
} as const satisfies Record<string, User>

type UserKey = keyof typeof users

export interface Credentials {
  readonly tokens: Readonly<Record<UserKey, string>>
  /** The API server's `--token-auth-file`; read only when it starts. */
  readonly tokenFile: string
  readonly serviceAccountKey: string
  readonly serviceAccountPublicKey: string
}

/** Fresh secrets, written to `directory`. */
export function createCredentials(directory: string): Credentials {
  const secret = (name: string, content: string): string => {
    const path = join(directory, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const tokens = Object.fromEntries(Object.keys(users).map(key => [key, randomBytes(24).toString('hex')])) as Record<
    UserKey,
    string
  >
  const csv = (Object.keys(users) as UserKey[])
    .map(key => `${tokens[key]},${users[key].name},${key},"${users[key].groups.join(',')}"\n`)
    .join('')
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1', // made at once, unlike RSA's
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    tokens,
    tokenFile: secret('tokens.csv', csv),
    serviceAccountKey: secret('service-account.key', pair.privateKey),
    serviceAccountPublicKey: secret('service-account.pub', pair.publicKey),
  }
}
