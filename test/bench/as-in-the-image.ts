import { readFileSync } from 'node:fs'

/** How Node is started. */
interface Start {
  readonly nodeFlags: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** As the image starts it: what deploy/Dockerfile says of memory is true of what is measured. @throws Error when it says nothing */
export function asInTheImage(dockerfile = readFileSync('deploy/Dockerfile', 'utf8')): Start {
  const entry = /^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1]
  if (entry === undefined) throw new Error('deploy/Dockerfile has no ENTRYPOINT')
  const nodeFlags = (JSON.parse(entry) as readonly string[]).filter(part => part.startsWith('--'))
  const settings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) => line.split(' '))
  const malloc = settings.filter(setting => setting.startsWith('MALLOC_'))
  return { nodeFlags, env: Object.fromEntries(malloc.map(setting => setting.split('='))) }
}
