import { useState } from 'preact/hooks'

interface EntryFormProps {
  readonly id: string
  readonly label: string
  readonly button: string
  /** What is typed shows as dots. */
  readonly secret?: true
  /** What was typed, without the spaces about it; never nothing. */
  readonly onEnter: (text: string) => void
}

/** Asks for one text. */
export function EntryForm({ id, label, button, secret, onEnter }: EntryFormProps) {
  const [text, setText] = useState('')
  const enter = (event: Event) => {
    event.preventDefault()
    if (text.trim() !== '') onEnter(text.trim())
  }
  const attributes = {
    id,
    autocomplete: 'off',
    spellcheck: false,
    value: text,
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) => setText(event.currentTarget.value),
  }
  return (
    <form onSubmit={enter}>
      <label for={id}>{label}</label>
      {secret ? <input type="password" {...attributes} /> : <input {...attributes} />}
      <button type="submit" class="primary">
        {button}
      </button>
    </form>
  )
}
