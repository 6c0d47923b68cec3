// A field with suggestions below it, as WAI-ARIA describes a combobox: arrows choose, Enter takes, Escape leaves.
let count = 0

/** `find(text)` gives suggestions as `{ title, note }`, or a promise of them; `take` is told which was chosen. `missing` is
 * said below the field when nothing fits what must be one of them. */
export function combobox(input, { find, take, found, none, missing = '', wait = 0 }) {
  const list = document.createElement('ul')
  list.id = `suggested-${(count += 1)}`
  list.className = 'suggested'
  list.hidden = true
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', input.labels[0]?.textContent.trim() ?? '')
  input.closest('.field').append(list)
  const lacks = Object.assign(document.createElement('p'), { className: 'lacks', textContent: missing, hidden: true })
  if (missing) input.after(lacks)
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', list.id]]) {
    input.setAttribute(name, value)
  }
  let suggestions = []
  let at = -1
  let asked = 0
  let timer

  const close = () => {
    list.hidden = true
    at = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  const point = (n) => {
    at = (n + suggestions.length) % suggestions.length
    for (const [m, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(m === at))
    input.setAttribute('aria-activedescendant', list.children[at].id)
    list.children[at].scrollIntoView({ block: 'nearest' })
  }
  const choose = (n) => {
    const chosen = suggestions[n]
    asked += 1
    lacks.hidden = true
    close()
    take(chosen)
  }
  const show = (next) => {
    suggestions = next
    list.replaceChildren(
      ...next.map(({ title, note }, n) => {
        const option = document.createElement('li')
        option.id = `${list.id}-${n}`
        option.setAttribute('role', 'option')
        option.setAttribute('aria-selected', 'false')
        option.append(title)
        if (note) option.append(Object.assign(document.createElement('small'), { textContent: note }))
        // Before the field would lose its focus.
        option.addEventListener('mousedown', (event) => {
          event.preventDefault()
          choose(n)
        })
        return option
      }),
    )
    at = -1
    input.removeAttribute('aria-activedescendant')
    list.hidden = next.length === 0
    input.setAttribute('aria-expanded', String(next.length > 0))
    document.getElementById('said').textContent = next.length ? `${next.length} ${found}` : none
  }
  const ask = async () => {
    const mine = (asked += 1)
    const next = input.value.trim() ? await find(input.value.trim()) : []
    if (mine !== asked || document.activeElement !== input) return
    const lacking = next.length === 0 && input.value.trim() !== ''
    lacks.hidden = !lacking
    if (next.length || !list.hidden) show(next)
    if (missing && lacking) document.getElementById('said').textContent = missing
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, wait)
  })
  input.addEventListener('blur', () => {
    clearTimeout(timer)
    asked += 1
    close()
  })
  input.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (list.hidden) return ask()
      return point(event.key === 'ArrowDown' ? at + 1 : Math.max(at, 0) - 1)
    }
    if (list.hidden) return
    if (event.key === 'Enter') {
      event.preventDefault()
      choose(Math.max(at, 0))
    } else if (event.key === 'Escape') {
      event.preventDefault()
      close()
    }
  })
}
