// The other language is another page: what was typed on this one would be lost without a word.

export function askBeforeLanguage() {
  const choose = document.querySelector('form[data-language]')
  if (!choose) return
  // Without scripts the other language opens beside what was typed; here it is asked.
  choose.removeAttribute('target')
  choose.querySelector('[data-elsewhere]')?.remove()
  choose.addEventListener('submit', (event) => {
    const forms = [...document.querySelectorAll('main form')].filter((form) => form.method === 'post')
    const typed = forms.length > 0 && ('typed' in choose.dataset || forms.some(changed))
    if (typed && !window.confirm(choose.dataset.language)) event.preventDefault()
  })
}

function changed(form) {
  return [...form.elements].some((field) => {
    if (field.type === 'hidden' || field.type === 'submit' || field.type === 'button') return false
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked
    if (field.type === 'file') return field.files.length > 0
    if (field.tagName === 'SELECT') {
      const options = [...field.options]
      const first = options.some((option) => option.defaultSelected)
      return options.some((option, n) => option.selected !== (first ? option.defaultSelected : n === 0))
    }
    return 'defaultValue' in field && field.value !== field.defaultValue
  })
}
