import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../lib/text.ts'
import { pathText } from '../manifest/finding.ts'
import { CommandError, type Io } from './io.ts'
import { type Complaint, type Read, read } from './manifests.ts'
import { painter } from './paint.ts'

export interface FileRead extends Read {
  readonly file: string
}

/** Reads the manifests in files and folders; `-` is standard input. @throws CommandError */
export function readFiles(io: Io, given: readonly string[]): readonly FileRead[] {
  const files = given.flatMap(filesIn)
  if (files.length === 0) throw new CommandError(`${given.join(', ')}: no *.yaml, *.yml or *.json in it`)
  return files.map(file => ({ file, ...read(readText(io, file)) }))
}

/** As kubectl does: a folder stands for the manifests right in it. */
function filesIn(given: string): readonly string[] {
  if (given === '-') return [given]
  try {
    if (!statSync(given).isDirectory()) return [given]
    const names = readdirSync(given).filter(name => /\.(ya?ml|json)$/.test(name))
    return names.sort().map(name => join(given, name))
  } catch (error) {
    throw new CommandError(`${given}: ${messageOf(error)}`)
  }
}

function readText(io: Io, file: string): string {
  try {
    return io.read(file)
  } catch (error) {
    throw new CommandError(`${file}: ${messageOf(error)}`)
  }
}

/** All that is wrong in these files, as `file:line` each, and as data. */
export function complaintsIn(io: Io, files: readonly FileRead[]) {
  const complaints = files.flatMap(({ file, complaints }) => complaints.map(complaint => ({ file, ...complaint })))
  return {
    lines: complaints.map(complaint => lineOf(io, complaint)),
    json: complaints.map(({ file, line, path, message }) => ({ file, line, path: pathText(path), message })),
  }
}

/** How a file is called in messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file
}

function lineOf(io: Io, { file, line, path, message }: Complaint & { readonly file: string }): string {
  const paint = painter(io, io.out)
  const where = path.length > 0 ? `${paint('bold', pathText(path))}: ` : ''
  return `${nameOf(file)}:${line}: ${where}${paint('red', message)}\n`
}
