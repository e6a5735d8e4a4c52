import { instantOf } from '../lib/instant.ts'
import { partsOf } from '../lib/message-parts.ts'
import { CopyLine } from './copy-line.tsx'
import { exact, short, When } from './when.tsx'

const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/

/** What Rota says: commands in it are set apart, times are told on the viewer's clocks. */
export function Message({ text }: { readonly text: string }) {
  return (
    <div class="message">
      {partsOf(text).map(part =>
        part.is === 'Command' ? (
          <CopyLine key={part.text} text={part.text} />
        ) : (
          <span key={part.text}>
            {part.text.split(TIME).map(piece => (TIME.test(piece) ? <Told key={piece} time={piece} /> : piece))}
          </span>
        ),
      )}
    </div>
  )
}

function Told({ time }: { readonly time: string }) {
  const at = instantOf(time)
  if (at === undefined) return <>{time}</>
  return (
    <>
      <span title={exact(at)}>{short(at)}</span> (<When at={at} />)
    </>
  )
}
