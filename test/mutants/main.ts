import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { styleText } from 'node:util'
import { MUTANTS, type Mutant, mutated } from './mutants.ts'

// Puts one bug after the other into a copy of the source, and shows whether the checker finds it in the audit log; a few only tests can see.

interface Found {
  readonly verdict: 'Caught' | 'Tests only' | 'SURVIVED'
  /** What the checker, or a test, said first. */
  readonly says: string
  readonly seconds: number
}

const COPIED = ['src', 'test', 'crds', 'deploy', 'package.json', 'tsconfig.json', 'vitest.config.ts']
const BREACH = /the audit log breaks invariants\n(.*)/
const FAILURE = /AssertionError: (.*)/

async function judged(mutant: Mutant, scratch: string): Promise<Found> {
  const path = join(scratch, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutated(original, mutant))
  const start = performance.now()
  try {
    const { code, output } = await testsUnder(mutant, scratch)
    const seconds = (performance.now() - start) / 1000
    const breach = BREACH.exec(output)?.[1]
    if (breach !== undefined) return { verdict: 'Caught', says: breach, seconds }
    const failure = FAILURE.exec(output)?.[1]
    if (failure !== undefined && mutant.by === 'Tests') return { verdict: 'Caught', says: `(test) ${failure}`, seconds }
    return { verdict: code === 0 ? 'SURVIVED' : 'Tests only', says: failure ?? '', seconds }
  } finally {
    writeFileSync(path, original)
  }
}

function testsUnder({ under: [file, tests] }: Mutant, cwd: string): Promise<{ code: number | null; output: string }> {
  const command = ['vitest', 'run', '--project', 'integration', file, '-t', tests, '--testTimeout', '20000']
  const child = spawn(join(cwd, 'node_modules/.bin', command[0] ?? ''), command.slice(1), {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let output = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (output += String(chunk)))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', code => done({ code, output }))
  })
}

function line({ name, under: [, scenario] }: Mutant, { verdict, says, seconds }: Found): string {
  const colour = verdict === 'Caught' ? 'green' : verdict === 'SURVIVED' ? 'red' : 'yellow'
  return `${styleText(colour, verdict.padEnd(10))}  ${`${seconds.toFixed(0)} s`.padStart(5)}  ${name.padEnd(52)}  ${scenario.padEnd(28)}  ${says.slice(0, 100)}`
}

/** Parts of names; none: all of them. */
const wanted = process.argv.slice(2)
const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.some(part => name.includes(part)))
const scratch = mkdtempSync(join(tmpdir(), 'rota-mutants-'))
let caught = 0
try {
  for (const name of COPIED) cpSync(resolve(name), join(scratch, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(scratch, 'node_modules'))
  for (const mutant of chosen) mutated(readFileSync(join(scratch, mutant.file), 'utf8'), mutant)
  console.log(
    `${'VERDICT'.padEnd(10)}  ${'TOOK'.padStart(5)}  ${'MUTANT'.padEnd(52)}  ${'SCENARIO'.padEnd(28)}  INVARIANT, AND WHAT THE CHECKER FOUND`,
  )
  for (const mutant of chosen) {
    const found = await judged(mutant, scratch)
    if (found.verdict === 'Caught') caught++
    console.log(line(mutant, found))
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`\n${caught}/${chosen.length} caught`)
process.exitCode = caught === chosen.length ? 0 : 1
