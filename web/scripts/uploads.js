// Files that are taken in while the form is filled: each with its progress, the first is the document.

// So many at a time: a whole folder dropped at once shall not wait behind its largest file.
const AT_ONCE = 3

const inWords = (bytes) => {
  if (bytes < 1e3) return `${bytes} byte`
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'KB'] : [bytes / 1e6, 'MB']
  return `${size.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${unit}`
}

const make = (tag, more = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), more)
  element.append(...children)
  return element
}

/** Takes the place of the form's fields for files. `done()` is called when nothing is under way any more. */
export function uploads(form, done) {
  const words = form.dataset
  const csrf = form.elements.csrf.value
  const list = form.querySelector('[data-list]')
  const drop = form.querySelector('[data-drop]')
  const plain = form.querySelector('[data-plain]')
  const input = drop.querySelector('[data-files]')
  const pick = drop.querySelector('[data-pick]')
  const said = document.getElementById('said')
  const waiting = []
  const template = form.querySelector('template[data-about-file]')
  let running = 0
  let made = 0

  const inOrder = () => {
    list.hidden = list.children.length === 0
    for (const [n, item] of [...list.children].entries()) {
      item.querySelector('.file-role').textContent = n === 0 ? words.wordDocument : words.wordAttachment
      item.querySelector('[data-up]').hidden = n === 0
      const role = n === 0 ? 'document' : 'attachment'
      const field = item.querySelector('input[type=hidden]')
      if (field) field.name = role
      for (const about of item.querySelectorAll('.file-more input')) about.name = `${role}-${about.dataset.about}`
    }
  }

  // What is said of a file goes with it, wherever it is moved.
  const aboutFile = (kind, description) => {
    const holder = document.createElement('div')
    holder.innerHTML = template.innerHTML.replaceAll('__n__', `file-${(made += 1)}`)
    const more = holder.firstElementChild
    for (const [what, text] of Object.entries({ kind, description })) {
      const field = more.querySelector(`[name$="-${what}"]`)
      field.dataset.about = what
      field.value = text
      if (text) more.open = true
    }
    return more
  }

  const line = (name, note, { kind = '', description = '' } = {}) => {
    const item = make('li', { className: 'file' })
    const up = make('button', { type: 'button', className: 'as-link', textContent: words.wordUp })
    up.dataset.up = ''
    up.setAttribute('aria-label', `${words.wordUp}: ${name}`)
    up.addEventListener('click', () => {
      item.previousElementSibling?.before(item)
      inOrder()
      ;(up.hidden ? item.querySelector('[data-remove]') : up).focus()
    })
    const remove = make('button', { type: 'button', className: 'as-link', textContent: words.wordRemove })
    remove.dataset.remove = ''
    remove.setAttribute('aria-label', `${words.wordRemove}: ${name}`)
    remove.addEventListener('click', () => {
      item.request?.abort()
      item.remove()
      inOrder()
      said.textContent = `${name}: ${words.wordRemoved}`
      pick.focus()
    })
    item.append(
      make('span', { className: 'file-role' }),
      make('span', { className: 'file-name', textContent: name }),
      make('span', { className: 'file-note meta', textContent: note }),
      make('span', { className: 'file-tools' }, up, remove),
      aboutFile(kind, description),
    )
    list.append(item)
    return item
  }

  const stage = (item, blake3, name) => {
    item.append(make('input', { type: 'hidden', value: `${blake3} ${name}` }))
    inOrder()
  }

  const warnOfTheSame = async (item, blake3) => {
    const answer = await fetch(`/api/v1/duplicates?blake3=${blake3}&limit=3`)
    if (!answer.ok) return
    const { items } = await answer.json()
    if (!items.length) return
    const warning = make('p', { className: 'file-warning' }, `${words.wordDuplicate} `)
    for (const entry of items) {
      const address = `/registers/${entry.register}/entries/${entry.year}/${entry.number}`
      warning.append(make('a', { href: address, target: '_blank', rel: 'noopener', textContent: `${entry.number}/${entry.year}` }), ' ')
    }
    item.append(warning)
    said.textContent = warning.textContent
  }

  const failed = (item, file, status) => {
    item.classList.add('file-failed')
    item.querySelector('.file-note').textContent = status === 401 ? words.wordEnded : words.wordFailed
    said.textContent = `${file.name}: ${words.wordFailed}`
    // The server is told as well: nothing shall be registered without it unless it is taken away.
    stage(item, '-', file.name)
    const again = make('button', { type: 'button', className: 'as-link', textContent: words.wordAgain })
    again.setAttribute('aria-label', `${words.wordAgain}: ${file.name}`)
    again.addEventListener('click', () => {
      again.remove()
      item.querySelector('input[type=hidden]').remove()
      item.classList.remove('file-failed')
      waiting.push([item, file])
      next()
      item.querySelector('[data-remove]').focus()
    })
    item.querySelector('.file-tools').prepend(again)
  }

  const send = (item, file) => {
    running += 1
    const bar = make('progress', { max: 1, value: 0 })
    bar.setAttribute('aria-label', file.name)
    item.append(bar)
    const request = (item.request = new XMLHttpRequest())
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total
    })
    request.addEventListener('loadend', () => {
      running -= 1
      item.request = null
      bar.remove()
      if (request.status === 201) {
        const { blake3 } = JSON.parse(request.responseText)
        item.querySelector('.file-note').textContent = `${inWords(file.size)}, ${words.wordUploaded}`
        said.textContent = `${file.name}: ${words.wordUploaded}`
        const twin = [...list.querySelectorAll('.file input[type=hidden]')].some((field) => field.value.startsWith(`${blake3} `))
        for (const warning of [file.size === 0 && words.wordEmpty, twin && words.wordTwice]) {
          if (warning) item.append(make('p', { className: 'file-warning', textContent: warning }))
        }
        stage(item, blake3, file.name)
        warnOfTheSame(item, blake3)
      } else if (item.isConnected) {
        failed(item, file, request.status)
      }
      next()
      if (!running && !waiting.length) done()
    })
    request.open('POST', '/api/v1/blobs')
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('X-CSRF-Token', csrf)
    request.send(file)
  }

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      const [item, file] = waiting.shift()
      if (item.isConnected) send(item, file)
    }
  }

  const add = (files) => {
    for (const file of files) waiting.push([line(file.name, inWords(file.size)), file])
    inOrder()
    next()
  }

  // What was kept from a form that was refused stands in the list as well.
  for (const kept of plain.querySelectorAll('[data-kept]')) {
    const [, blake3, name] = kept.value.match(/^(\S+) (.*)$/s)
    const typed = (what) => (kept.closest('.kept') ?? plain).querySelector(`[name="${kept.name}-${what}"]`).value
    stage(line(name, words.wordUploaded, { kind: typed('kind'), description: typed('description') }), blake3, name)
  }
  const wrong = plain.querySelectorAll('.wrong')
  pick.id = 'document'
  pick.setAttribute('aria-describedby', 'document-wrong')
  plain.replaceChildren(...wrong)
  drop.hidden = false
  inOrder()

  pick.addEventListener('click', () => input.click())
  input.addEventListener('change', () => {
    add(input.files)
    input.value = ''
  })
  // The whole page takes what is dropped: nobody aims at a box.
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    drop.classList.add('drop-over')
  })
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) drop.classList.remove('drop-over')
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    drop.classList.remove('drop-over')
    add(event.dataTransfer.files)
  })
  return { underWay: () => running + waiting.length > 0 }
}
