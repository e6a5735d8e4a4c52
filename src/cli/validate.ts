import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathText } from '../manifest/finding.ts'
import { CommandError, DONE, FAILED, type Io } from './io.ts'
import { type Complaint, read } from './manifests.ts'
import { painter } from './paint.ts'

/** `rota validate`: checks manifests without a cluster; `file:line: what is wrong` for each mistake, and status 1. */
export function validate(io: Io, given: readonly string[], output: string): number {
  const files = given.flatMap(filesIn)
  if (files.length === 0) throw new CommandError(`${given.join(', ')}: no *.yaml, *.yml or *.json in it`)
  const results = files.map(file => ({ file, ...read(readText(io, file)) }))
  const complaints = results.flatMap(({ file, complaints }) => complaints.map(complaint => ({ file, ...complaint })))
  const tasks = results.reduce((sum, { tasks }) => sum + tasks, 0)
  const skipped = results.reduce((sum, { skipped }) => sum + skipped, 0)
  if (output === 'json') {
    const asJson = complaints.map(({ file, line, path, message }) => ({ file, line, path: pathText(path), message }))
    io.out.write(`${JSON.stringify(asJson)}\n`)
  } else {
    for (const complaint of complaints) io.out.write(lineOf(io, complaint))
    io.err.write(summary(tasks, skipped, complaints.length))
  }
  return complaints.length === 0 ? DONE : FAILED
}

/** As kubectl does: a folder stands for the manifests right in it. */
function filesIn(given: string): readonly string[] {
  if (given === '-') return [given]
  try {
    if (!statSync(given).isDirectory()) return [given]
    const names = readdirSync(given).filter(name => /\.(ya?ml|json)$/.test(name))
    return names.sort().map(name => join(given, name))
  } catch (error) {
    throw new CommandError(`${given}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readText(io: Io, file: string): string {
  try {
    return io.read(file)
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function lineOf(io: Io, { file, line, path, message }: Complaint & { readonly file: string }): string {
  const paint = painter(io, io.out)
  const where = path.length > 0 ? `${paint('bold', pathText(path))}: ` : ''
  return `${file === '-' ? 'standard input' : file}:${line}: ${where}${paint('red', message)}\n`
}

function summary(tasks: number, skipped: number, mistakes: number): string {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  const others = skipped > 0 ? `, ${count(skipped, 'other object')} passed over` : ''
  return `${count(tasks, 'ScheduledTask')}${others}: ${mistakes === 0 ? 'no mistakes' : count(mistakes, 'mistake')}\n`
}
