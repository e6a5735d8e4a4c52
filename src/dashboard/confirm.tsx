import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

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
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => before instanceof HTMLElement && before.focus()
  }, [])
  const submit = (event: Event) => {
    event.preventDefault()
    confirm()
  }
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={close}>
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
