import { readFileSync } from 'node:fs'

/** Put in by build.ts. */
declare const ROTA_VERSION: string | undefined

/** The version of this build: package.json's. The bundle carries it along, so that it is one file. */
export const VERSION: string = typeof ROTA_VERSION === 'string' ? ROTA_VERSION : versionInPackage()

function versionInPackage(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
