import { gzipSync } from 'node:zlib'

export interface TarEntry {
  readonly path: string
  readonly content: string | Uint8Array
  readonly executable?: boolean
}

const BLOCK = 512

/**
 * A tar.gz that is the same for the same entries, wherever and whenever it is made: sorted by path, of nobody, dated at the
 * epoch. POSIX ustar. @throws Error for a path of more than 100 bytes
 */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  const blocks = sorted.flatMap(entry => {
    const content = Buffer.from(entry.content)
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
    return [headerOf(entry, content.length), content, padding]
  })
  const packed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 })
  // The byte that names the system is another one on each.
  packed[9] = 255
  return packed
}

function headerOf({ path, executable = false }: TarEntry, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`'${path}' is too long for a tar archive: at most 100 bytes`)
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii')
  header.write(path, 0, 'utf8')
  octal(executable ? 0o755 : 0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  header.write('        0', 148, 'ascii')
  header.write('ustar\u000000', 257, 'ascii')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii')
  return header
}
