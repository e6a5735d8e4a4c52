import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface DialogProps {
  readonly title: string
  readonly word: string
  readonly isDangerous?: boolean
  readonly confirm: () => void
  readonly close: () => void
  readonly children: ComponentChildren
}

/** Asks before something is done. Escape, and the other button, do nothing. */
export function Confirm({ title, word, isDangerous, confirm, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Not after the next frame, as useEffect would: keys that are pressed until then would go somewhere else.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // The focus goes back to where it was.
    return () => element?.close()
  }, [])
  const submit = (event: Event) => {
    event.preventDefault()
    confirm()
  }
  return (
    // Escape is heard as `cancel`, while the dialog still has the focus: `close` comes some tasks later, and would also
    // close a dialog that has been opened in between.
    <dialog ref={dialog} aria-labelledby="dialog-title" onCancel={close}>
      <form onSubmit={submit}>
        <h2 id="dialog-title">{title}</h2>
        <div class="dialog-body">{children}</div>
        <div class="buttons">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'}>
            {word}
          </button>
        </div>
      </form>
    </dialog>
  )
}
