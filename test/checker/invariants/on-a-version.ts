import type { Invariant } from '../violation.ts'

/** 17: each write on a task says which version it was computed from, so that one who was overtaken writes nothing. */
export const onAVersion: Invariant = ({ tasks }) =>
  tasks.flatMap(({ key, versions }) =>
    versions
      .filter(({ writer, blind }) => writer === 'Rota' && blind)
      .map(({ revision }) => {
        const message = `version ${revision} was written without the version that it stands on`
        return { invariant: 17, about: key, message }
      }),
  )
