// What pages gain where scripts run. Every one of these jobs can be done without.
import htmx from 'htmx.org'
import { findDossiers } from './dossiers.js'
import { workInBatches } from './inbox.js'
import { makeFilingQuick } from './filing.js'
import { listenForShortcuts } from './shortcuts.js'
import { askBeforeLanguage } from './language.js'
import { listenForDrags } from './drag.js'
import { narrowTrees } from './narrow.js'
import { listenForLooks } from './search.js'
import { countTicks } from './ticks.js'

window.htmx = htmx

// What changes something carries the token that forms carry in a field.
document.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('input[name="csrf"]')?.value
  if (token) event.detail.headers['X-CSRF-Token'] = token
})

// A menu closes as people expect: by Escape, and by a click beside it.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  for (const menu of document.querySelectorAll('details.frame-who[open]')) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.frame-who[open]')) {
    if (!menu.contains(event.target)) menu.open = false
  }
})

document.documentElement.classList.add('scripts')
listenForShortcuts()
narrowTrees()
listenForDrags()
makeFilingQuick()
listenForLooks()
countTicks()
workInBatches()
findDossiers()
askBeforeLanguage()
