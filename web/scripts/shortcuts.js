// Keys for the main jobs. Every element with `data-key` is reached by its key; `?` lists them all.

const typesText = (element) =>
  element.isContentEditable || element.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])')

const keyed = () => [...document.querySelectorAll('[data-key]')].filter((element) => element.checkVisibility())

const nameOf = (element) =>
  element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent.trim() ?? element.textContent.trim()

function showAll(button) {
  const dialog = document.createElement('dialog')
  dialog.className = 'sheet'
  const title = document.createElement('h2')
  title.textContent = button.firstChild.textContent.trim()
  title.id = 'shortcuts-title'
  dialog.setAttribute('aria-labelledby', title.id)
  const list = document.createElement('dl')
  list.className = 'facts'
  for (const element of keyed()) {
    const row = document.createElement('div')
    const key = document.createElement('dt')
    key.append(Object.assign(document.createElement('kbd'), { textContent: element.dataset.key }))
    const name = document.createElement('dd')
    name.textContent = nameOf(element)
    row.append(key, name)
    list.append(row)
  }
  dialog.append(title, list)
  document.body.append(dialog)
  // The browser gives the focus back to where it was.
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
}

export function listenForShortcuts() {
  const button = document.querySelector('[data-shortcuts]')
  if (button) {
    button.hidden = false
    button.addEventListener('click', () => showAll(button))
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return
    if (document.querySelector('dialog[open]')) return
    if (event.key === '?' && button) {
      event.preventDefault()
      return showAll(button)
    }
    const element = keyed().find((one) => one.dataset.key === event.key)
    if (!element) return
    event.preventDefault()
    if (element.matches('a, button')) element.click()
    else element.focus()
  })
}
