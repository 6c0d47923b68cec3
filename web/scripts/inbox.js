// What is done with many ticked rows is sent in batches, so that one sees how far it is. Without scripts the same form
// is sent once. What has been done stays done when a batch fails; what became of each is listed as the server says it.

const wait = () => new Promise((resolve) => requestAnimationFrame(resolve))

/** One batch: the answer's document, and its lines; none where the server sends the form back. */
async function send(form, fields, ticks) {
  const body = new URLSearchParams(fields)
  for (const tick of ticks) body.append('entry', tick)
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'text/html' } })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const lines = [...page.querySelectorAll('.outcomes > li')]
  if (!answer.ok || lines.length !== ticks.length) throw new Error(String(answer.status))
  return { page, lines }
}

function progressOf(form) {
  const box = document.createElement('div')
  box.className = 'batches'
  const text = document.createElement('p')
  text.setAttribute('role', 'status')
  const bar = document.createElement('progress')
  bar.setAttribute('aria-label', form.dataset.wordDoing)
  const list = document.createElement('ul')
  list.className = 'things outcomes'
  box.append(text, bar, list)
  form.before(box)
  form.hidden = true
  return { text, bar, list }
}

async function workThrough(form, fields, ticks) {
  const { text, bar, list } = progressOf(form)
  const size = Number(form.dataset.batches)
  bar.max = ticks.length
  const told = (done) => {
    bar.value = done
    text.textContent = `${form.dataset.wordDoing} ${done}/${ticks.length}`
  }
  told(0)
  try {
    for (let at = 0; at < ticks.length; at += size) {
      const { page, lines } = await send(form, fields, ticks.slice(at, at + size))
      list.append(...lines.map((line) => document.importNode(line, true)))
      told(Math.min(at + size, ticks.length))
      if (at + size >= ticks.length) {
        const back = document.importNode(page.querySelector('[autofocus]'), true)
        list.after(back)
        back.focus()
      }
      await wait()
    }
  } catch {
    text.textContent = form.dataset.wordFailed
    text.setAttribute('role', 'alert')
    const back = document.createElement('a')
    back.className = 'btn btn-primary'
    back.href = location.href
    back.textContent = document.querySelector('h1').textContent
    list.after(back)
  }
}

export function workInBatches() {
  for (const form of document.querySelectorAll('form[data-batches]')) {
    form.addEventListener('submit', (event) => {
      const sent = new FormData(form, event.submitter)
      const ticks = sent.getAll('entry')
      // What is few, or lacks something, is sent as it is: the server says what.
      const lacks = { returned: 'reason', reassigned: 'to' }[sent.get('answer')]
      if (ticks.length <= Number(form.dataset.batches) || (lacks && !sent.get(lacks)?.trim())) return
      event.preventDefault()
      sent.delete('entry')
      workThrough(form, sent, ticks)
    })
  }
}
