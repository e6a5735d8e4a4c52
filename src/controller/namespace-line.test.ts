import { describe, expect, it } from 'vitest'
import type { RunRef } from '../decide/run.ts'
import { NamespaceLine } from './namespace-line.ts'

const run = (id: string, slotTime: number, ...namespaces: readonly string[]): RunRef => ({
  id,
  operation: 'restart',
  reason: 'Schedule',
  slotTime,
  due: slotTime,
  namespaces,
})

function setUp() {
  const admitted: string[] = []
  const blocked: string[] = []
  const line = new NamespaceLine(
    key => admitted.push(key),
    (key, since) => blocked.push(`${key} since ${since}`),
  )
  const stand = (key: string, of: RunRef, now = 0) =>
    line.stand({ key, uid: `uid-${key}`, run: of, namespaces: of.namespaces }, now)
  return { line, stand, admitted, blocked }
}

describe('who stands in line', () => {
  it('gets in by the order of slots, not of coming, when all come at once', async () => {
    const { line, stand, admitted } = setUp()
    stand('b', run('b', 2, 'x'))
    stand('a', run('a', 1, 'x'))
    expect(admitted).toEqual([])
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([['a'], 1])
    line.release('a', ['x'])
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([['a', 'b'], 0])
  })

  it('is told what it waits for, and since when', async () => {
    const { line, stand, blocked } = setUp()
    stand('x/a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('x/b', run('b', 2, 'x'), 5)
    stand('x/b', run('b', 2, 'x'), 9)
    stand('y/c', run('c', 3, 'x'), 9)
    await Promise.resolve()
    expect(blocked).toEqual(['x/b since 5', 'y/c since 9'])
    expect(line.heldBack('x/b')).toEqual({ since: 5, message: 'waiting: x is busy with x/a' })
    const unnamed = 'waiting: x is busy with a task of another namespace'
    expect(line.heldBack('y/c')).toEqual({ since: 9, message: unnamed })
    expect([line.heldBack('x/a'), line.heldBack('none')]).toEqual([undefined, undefined])
    line.release('x/a', ['x'])
    await Promise.resolve()
    expect(line.heldBack('x/b')).toBeUndefined()
  })

  it('does not wait for the end of a namespace to wake what is in it; all others do', async () => {
    const { line, stand, admitted } = setUp()
    stand('end', { ...run('end', 1, 'x', 'y'), operation: 'deleteNamespace' })
    await Promise.resolve()
    stand('scale', run('scale', 2, 'x'))
    stand('wake', { ...run('wake', 3, 'y', 'z'), operation: 'wake' })
    stand('other', run('other', 4, 'z'))
    await Promise.resolve()
    expect(admitted).toEqual(['end', 'wake'])
    line.release('wake', ['y', 'z'])
    await Promise.resolve()
    expect(admitted).toEqual(['end', 'wake', 'other'])
    stand('late', run('late', 5, 'y'))
    await Promise.resolve()
    expect(line.heldBack('late')?.message).toMatch(/^waiting: y is busy with /)
    line.release('end', ['x', 'y'])
    await Promise.resolve()
    expect(admitted.slice(3)).toEqual(['scale', 'late'])
  })

  it('keeps its place although a request is dated afresh each time it is looked at', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('request', run('r', 10, 'x'))
    stand('b', run('b', 20, 'x'))
    stand('request', run('r', 30, 'x'))
    line.release('a', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'request'])
  })

  it('takes the place of its new run when that is another one', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('c', run('c-1', 10, 'x'))
    stand('b', run('b', 20, 'x'))
    stand('c', run('c-2', 30, 'x'))
    line.release('a', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'b'])
  })

  it('makes way for those behind when it leaves', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('b', run('b', 2, 'x', 'y'))
    stand('c', run('c', 3, 'y'))
    await Promise.resolve()
    expect(admitted).toEqual(['a'])
    line.leave('b')
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'c'])
  })

  it('waits for what is kept, although nobody works there, until it is let go', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    line.keep('a', ['x'])
    stand('b', run('b', 2, 'x'))
    line.letGo('b')
    await Promise.resolve()
    expect([admitted, line.keeps('a'), line.keeps('b')]).toEqual([['a'], true, false])
    line.letGo('a')
    await Promise.resolve()
    expect([admitted, line.keeps('a')]).toEqual([['a', 'b'], false])
  })

  it('does not get in by what is not its own to release', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('b', run('b', 2, 'x'))
    line.release('c', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a'])
  })

  it('does not get in any more once the line is closed', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    line.clear()
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([[], 0])
  })
})
