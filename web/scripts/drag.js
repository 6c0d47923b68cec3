// An entry is dragged onto a dossier: its link from any list onto the dossier's. What opens is the form that files by
// number, filled in, so that nothing is filed by a slip of the hand; who cannot drag types the number there.
const entryOf = (address) => {
  const found = new URL(address, location.href).pathname.match(/^\/registers\/([^/]+)\/entries\/(\d+)\/(\d+)$/)
  return found && `${found[1]} ${found[3]}/${found[2]}`
}

const dossierAt = (event) => {
  const link = event.target.closest?.('a[href^="/dossiers/"]')
  return link && /^\/dossiers\/[0-9a-f-]{36}$/.test(link.pathname) ? link : null
}

export function listenForDrags() {
  let under = null
  const leave = () => {
    under?.classList.remove('takes-drop')
    under = null
  }
  document.addEventListener('dragover', (event) => {
    const link = dossierAt(event)
    if (link !== under) leave()
    // What is dragged may not be read before it is dropped, only of which kind it is.
    if (!link || !event.dataTransfer.types.includes('text/uri-list')) return
    event.preventDefault()
    under = link
    link.classList.add('takes-drop')
  })
  document.addEventListener('dragend', leave)
  document.addEventListener('drop', (event) => {
    const link = dossierAt(event)
    leave()
    const entry = link && entryOf(event.dataTransfer.getData('text/uri-list').split('\n')[0])
    if (!entry) return
    event.preventDefault()
    location.assign(`${link.pathname}/items/new?what=${encodeURIComponent(entry)}`)
  })
}
