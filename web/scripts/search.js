// The search page where scripts run: a hit is looked at beside the list, and more of them come below the others.
import htmx from 'htmx.org'

const say = (text) => {
  document.getElementById('said').textContent = text
}

/** The button whose hit is shown, or on its way: who presses the next one waits for that alone. */
let looked = null

/** Shows the part of a hit's page that tells what it is, beside the list; focus stays where it is. */
async function look(button) {
  const pane = document.getElementById('look')
  if (looked) htmx.trigger(looked, 'htmx:abort')
  looked = null
  const close = button.getAttribute('aria-pressed') === 'true'
  for (const other of document.querySelectorAll('[data-look][aria-pressed=true]')) other.setAttribute('aria-pressed', 'false')
  if (close) {
    pane.hidden = true
    return
  }
  looked = button
  pane.hidden = false
  pane.replaceChildren()
  button.setAttribute('aria-pressed', 'true')
  const how = { source: button, target: pane, select: '[data-glance]', swap: 'innerHTML' }
  // What did not come is told below, whatever the reason.
  await htmx.ajax('GET', button.dataset.look, how).catch(() => {})
  if (looked !== button) return
  const title = button.closest('.hit').querySelector('.hit-title a')
  const shown = pane.querySelector('[data-glance]')
  // What the page of a hit runs, or is reached by, belongs to that page.
  for (const element of pane.querySelectorAll('[data-viewer], [data-key]')) {
    if (element.matches('[data-viewer]')) element.remove()
    else element.removeAttribute('data-key')
  }
  for (const element of pane.querySelectorAll('[id]')) element.removeAttribute('id')
  if (!shown) pane.textContent = pane.dataset.failed
  const head = document.createElement('h2')
  const link = Object.assign(document.createElement('a'), { href: button.dataset.look })
  link.append(...[...title.childNodes].map((node) => node.cloneNode(true)))
  head.append(link)
  pane.prepend(head)
  pane.scrollTop = 0
  say(shown ? pane.dataset.told : pane.dataset.failed)
}

/** Adds the next page of a list below this one; focus goes to the first that came. */
async function more(link) {
  const answer = await fetch(link.href, { headers: { Accept: 'text/html' } })
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const list = document.querySelector(link.dataset.more)
  const came = [...next.querySelectorAll(`${link.dataset.more} > li`)]
  if (!answer.ok || came.length === 0) {
    // Whatever is there instead, the page of it says so.
    location.assign(link.href)
    return
  }
  list.append(...came)
  document.getElementById('more').replaceWith(next.getElementById('more'))
  came[0].querySelector('a').focus()
  say(link.dataset.told)
}

export function listenForLooks() {
  // On a wide screen what narrows the search stands open beside it.
  const narrow = document.querySelector('.facets-open')
  if (narrow && matchMedia('(min-width: 62rem)').matches) narrow.open = true
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-look]')
    if (button) return look(button)
    const link = event.target.closest('[data-more]')
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      return more(link)
    }
  })
}
