// A dossier is found as one types, by words of it or by its code: the field keeps the code.
import { combobox } from './combobox.js'

export function findDossiers() {
  for (const field of document.querySelectorAll('[data-dossiers]')) {
    field.removeAttribute('list')
    const { wordFound, wordNone } = field.dataset
    combobox(field, {
      find: async (text) => {
        // Of the last word there may be but the beginning.
        const q = /[\p{L}\p{N}]$/u.test(text) ? `${text}*` : text
        const answer = await fetch('/api/v1/search', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': field.form.elements.csrf.value },
          body: JSON.stringify({ q, kind: 'dossier', state: 'open', limit: 8, remember: false }),
        })
        if (!answer.ok) return []
        const { items } = await answer.json()
        return items.map(({ code, title }) => ({ title: code, note: title, code }))
      },
      take: ({ code }) => {
        field.value = code
      },
      found: wordFound,
      none: wordNone,
      wait: 120,
    })
  }
}
