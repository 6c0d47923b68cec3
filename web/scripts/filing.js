// The registry office's form, quicker: files go while one types, names and classes are found, one key registers.
import { combobox } from './combobox.js'
import { uploads } from './uploads.js'

const plainly = (text) => text.toLowerCase().normalize('NFD').replace(/\p{Mn}/gu, '')

export function makeFilingQuick() {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
  const form = document.querySelector('[data-filing]')
  if (!form) return
  const words = form.dataset
  const register = form.querySelector('[data-register]')
  const said = document.getElementById('said')
  const ask = async (address, body) => {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': form.elements.csrf.value },
      body: JSON.stringify(body),
    })
    return answer.ok ? answer.json() : null
  }

  // --- registering waits for what is still on its way ---
  let waits = null
  let sent = false
  const files = uploads(form, () => {
    if (!waits) return
    const button = waits
    waits = null
    if (!form.querySelector('.file-failed')) form.requestSubmit(button)
  })
  form.addEventListener('submit', (event) => {
    if (!files.underWay()) {
      sent = true
      return
    }
    event.preventDefault()
    waits = event.submitter ?? register
    said.textContent = words.wordWaiting
  })
  addEventListener('pageshow', () => {
    sent = false
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return
    event.preventDefault()
    form.requestSubmit(register)
  })
  form.querySelector('[data-keyboard]').hidden = false
  // What is wrong comes first, wherever the browser would begin.
  const first = form.querySelector('[aria-invalid]') ?? (document.getElementById('refused') && form.querySelector('#document'))
  ;(first ?? form.querySelector('[data-pick]')).focus()

  // --- class and office as they were for others like it, as long as nobody chose ---
  const classField = form.elements.class
  const firstGiven = () => form.querySelector('[name=given-to]')
  const proposed = document.getElementById('proposed')
  let ours = { class: '', given: '' }
  const propose = async () => {
    const subject = form.elements.subject.value.trim()
    const name = form.querySelector('[name=who-name]').value.trim()
    const code = form.querySelector('[name=who-tax-code]').value.trim()
    if (!subject && !name) return
    if (classField.value !== ours.class) return
    const answer = await ask('/api/v1/proposals', { subject, name, tax_code: code || null })
    // Going back brings a form as it was when it was left: what comes too late for sending may not change it any more.
    if (sent || !answer?.classification || classField.value !== ours.class) return
    const options = [...document.querySelectorAll('#classes option')]
    const option = options.find((one) => one.value.startsWith(`${answer.classification} `))
    if (!option) return
    const given = firstGiven()
    const office = answer.assignments[0]?.office
    if (office && given.value === ours.given) given.value = `office:${office}`
    classField.value = option.value
    ours = { class: option.value, given: given.value }
    proposed.textContent = words.wordProposed.replace('%', `${answer.like.number}/${answer.like.year}`)
    said.textContent = `${option.value}. ${proposed.textContent}`
  }
  classField.addEventListener('input', () => {
    proposed.textContent = ''
  })
  form.elements.subject.addEventListener('change', propose)

  // --- classes by words in any order, or by code ---
  const classes = [...document.querySelectorAll('#classes option')].map((option) => option.value)
  classField.removeAttribute('list')
  combobox(classField, {
    find: (text) => {
      const typed = plainly(text).split(/\s+/)
      const fits = classes.filter((one) => {
        const parts = plainly(one).split(/[^\p{L}\p{N}.]+/u)
        return typed.every((word) => parts.some((part) => part.startsWith(word)))
      })
      return fits.slice(0, 12).map((title) => ({ title }))
    },
    take: ({ title }) => {
      classField.value = title
      proposed.textContent = ''
    },
    found: words.wordFound,
    none: words.wordNone,
    missing: words.wordNoClass,
  })

  // --- senders and recipients as they wrote before ---
  const fill = (row, known) => {
    const set = (name, value) => {
      row.querySelector(`[name=${name}]`).value = value ?? ''
    }
    set('who-name', known.name)
    set('who-kind', known.kind)
    for (const name of ['tax_code', 'email', 'pec', 'address']) set(`who-${name.replace('_', '-')}`, known[name])
    propose()
  }
  // The only row there is cannot be taken away.
  const offerRemoval = (rows) => {
    const buttons = rows.querySelectorAll('[data-remove-row]')
    for (const button of buttons) button.hidden = buttons.length < 2
  }
  const makeQuick = (row) => {
    const rows = row.closest('[data-rows]')
    row.querySelector('[data-remove-row]').addEventListener('click', () => {
      row.remove()
      offerRemoval(rows)
      rows.querySelector('input:not([type=hidden]), select').focus()
    })
    offerRemoval(rows)
    const name = row.querySelector('[name=who-name]')
    if (!name) return
    name.addEventListener('change', propose)
    combobox(name, {
      find: async (text) => {
        const answer = await ask('/api/v1/correspondents', { q: text, limit: 8 })
        return (answer?.items ?? []).map((known) => {
          const notes = [known.tax_code, known.pec ?? known.email, known.address]
          return { title: known.name, note: notes.filter(Boolean).join(' · '), known }
        })
      },
      take: ({ known }) => fill(row, known),
      found: words.wordFound,
      none: words.wordNone,
      wait: 120,
    })
  }
  for (const row of form.querySelectorAll('[data-row]')) makeQuick(row)
  let made = 1000
  for (const button of form.querySelectorAll('[data-more-rows]')) {
    button.type = 'button'
    button.addEventListener('click', () => {
      const template = form.querySelector(`template[data-row-of="${button.dataset.moreRows}"]`)
      const holder = document.createElement('div')
      holder.innerHTML = template.innerHTML.replaceAll('__n__', String((made += 1)))
      const row = holder.querySelector('[data-row]')
      button.before(row)
      makeQuick(row)
      row.querySelector('input:not([type=hidden]), select').focus()
    })
  }
}
