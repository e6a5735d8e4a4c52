import type { Invariant } from '../violation.ts'

const VERSIONED = new Set(['patch', 'update'])

/**
 * 3: a write that changes an object says which version or which object it means, so that a replay, or a second writer,
 * meets a conflict; and one that can carry the mark of its run does.
 */
export const preconditions: Invariant = ({ writes }) =>
  writes
    .filter(({ writer, after }) => writer === 'Rota' && after)
    .flatMap(write => {
      const about = `${write.namespace}/${write.target}`
      const say = (message: string) => [
        { invariant: 3, about, message: `${message}: ${write.verb} (request ${write.auditId})` },
      ]
      if (VERSIONED.has(write.verb) && !hasVersion(write.body)) return say('no precondition')
      if (write.verb === 'delete' && !hasUid(write.body)) return say('no precondition')
      const canCarry = write.verb !== 'delete' && write.subresource === ''
      return canCarry && write.run === undefined ? say('no mark of its run') : []
    })

function hasVersion(body: unknown): boolean {
  if (Array.isArray(body)) return body.some(({ path }) => path === '/metadata/resourceVersion')
  return (body as { metadata?: { resourceVersion?: string } } | undefined)?.metadata?.resourceVersion !== undefined
}

function hasUid(body: unknown): boolean {
  return (body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid !== undefined
}
