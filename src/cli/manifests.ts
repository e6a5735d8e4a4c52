import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml'
import { GROUP, KIND } from '../api/names.ts'
import { itemsOf } from '../manifest/documents.ts'
import { membersOf, type Path } from '../manifest/finding.ts'
import { validate } from '../manifest/validate.ts'

export interface Complaint {
  /** 1 is the first line of the file. */
  readonly line: number
  /** Empty for what is wrong with the text itself. */
  readonly path: Path
  readonly message: string
}

/** An object as it stands in a file. */
export interface Manifest {
  /** Where it begins. */
  readonly line: number
  readonly object: unknown
}

export interface Read {
  readonly complaints: readonly Complaint[]
  /** ScheduledTasks, right or wrong. */
  readonly tasks: readonly Manifest[]
  /** Objects of other kinds. */
  readonly skipped: number
}

/** All ScheduledTasks in a text of YAML (or JSON, which is YAML too), also within Lists. */
export function read(text: string): Read {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const complaints: Complaint[] = []
  const tasks: Manifest[] = []
  let skipped = 0
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const { message, pos } of document.errors) {
      complaints.push({ line: lines.linePos(pos[0]).line, path: [], message: message.replace(/\s*\n\s*/g, ' ') })
    }
    if (document.errors.length > 0) continue
    for (const [path, object] of objectsIn(document)) {
      if (!isTask(object)) {
        skipped++
        continue
      }
      tasks.push({ line: lines.linePos(offsetOf(document, path)).line, object })
      for (const { path: at, message } of validate(object)) {
        const line = lines.linePos(offsetOf(document, [...path, ...at])).line
        complaints.push({ line, path: [...path, ...at], message })
      }
    }
  }
  return { complaints: complaints.sort((a, b) => a.line - b.line), tasks, skipped }
}

function objectsIn(document: Document.Parsed): readonly (readonly [Path, unknown])[] {
  const object: unknown = document.toJS()
  if (object === null || object === undefined) return []
  const items = itemsOf(object)
  return items ? items.map((item, index) => [['items', index], item] as const) : [[[], object]]
}

/** A typing error in one of the two must not make it an object of another kind. */
function isTask(object: unknown): boolean {
  const { apiVersion, kind } = membersOf(object)
  return kind === KIND || String(apiVersion).startsWith(`${GROUP}/`)
}

/** Where in the text a path is, or as much of it as is there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? document.range[0]
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && key.value === part)
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(part)]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    } else break
  }
  return offset
}
