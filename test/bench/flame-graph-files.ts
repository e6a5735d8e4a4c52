import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CpuProfile, flameGraph, framesOf } from './flame.ts'

/** Beside each profile in a folder. @returns the files that were written */
export function drawFlameGraphs(folder: string): readonly string[] {
  const profiles = readdirSync(folder).filter(name => name.endsWith('.cpuprofile'))
  return profiles.map(name => {
    const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile
    const file = join(folder, name.replace(/cpuprofile$/, 'svg'))
    writeFileSync(file, flameGraph(framesOf(profile)))
    return file
  })
}
