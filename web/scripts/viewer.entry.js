// The reader of PDF: pages as pictures with their text over them, each drawn when it comes into sight.
import { GlobalWorkerOptions, TextLayer, getDocument } from 'pdfjs-dist'

const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]
/** Points of a PDF to pixels of a screen. */
const NATURAL = 96 / 72
/** More pixels than this in one page no screen shows, and phones have no memory for. */
const PIXELS_MAX = 16_000_000

class Viewer {
  constructor(root) {
    this.root = root
    this.pagesBox = root.querySelector('[data-pages]')
    this.pageField = root.querySelector('[data-page]')
    this.zoomOutput = root.querySelector('[data-zoom]')
    this.pages = []
    this.current = 1
    this.scale = 1
    this.fits = true
  }

  async open() {
    const { source, assets } = this.root.dataset
    GlobalWorkerOptions.workerSrc = `${assets}pdf.worker.mjs`
    this.root.hidden = false
    this.pdf = await getDocument({
      url: source,
      wasmUrl: new URL(assets, location.href).href,
      standardFontDataUrl: new URL(assets, location.href).href,
      cMapUrl: new URL(assets, location.href).href,
      // Our policy lets nothing be compiled while the page runs.
      useWasm: false,
      isEvalSupported: false,
      useWorkerFetch: false,
      // What is looked at is asked for, and not the rest.
      disableAutoFetch: true,
      disableStream: true,
    }).promise
    this.root.querySelector('[data-count]').textContent = this.pdf.numPages
    const first = await this.pdf.getPage(1)
    this.size = first.getViewport({ scale: NATURAL })
    for (let number = 1; number <= this.pdf.numPages; number += 1) this.addPage(number)
    this.fit()
    this.listen()
  }

  addPage(number) {
    const box = document.createElement('div')
    box.className = 'viewer-page'
    box.dataset.number = number
    box.setAttribute('role', 'group')
    box.setAttribute('aria-label', `${this.root.dataset.pageName} ${number}`)
    this.pagesBox.append(box)
    this.pages.push({ number, box, drawn: 0, size: this.size })
  }

  /** As wide as there is room. */
  fit() {
    this.fits = true
    const room = this.pagesBox.clientWidth - 24
    this.zoom(Math.min(room / this.size.width, 2))
  }

  zoom(scale) {
    this.scale = scale
    this.zoomOutput.textContent = `${Math.round(scale * 100)} %`
    for (const page of this.pages) this.measure(page)
    this.goTo(this.current)
    this.redraw()
  }

  step(by) {
    this.fits = false
    const next = by > 0 ? STEPS.find((step) => step > this.scale + 0.01) : STEPS.findLast((step) => step < this.scale - 0.01)
    if (next) this.zoom(next)
  }

  measure(page) {
    page.box.style.width = `${Math.floor(page.size.width * this.scale)}px`
    page.box.style.height = `${Math.floor(page.size.height * this.scale)}px`
  }

  goTo(number) {
    const page = this.pages[number - 1]
    if (!page) return
    this.current = number
    this.pageField.value = number
    this.pagesBox.scrollTop = page.box.offsetTop - this.pagesBox.offsetTop - 8
  }

  redraw() {
    this.watch?.disconnect()
    this.watch = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const page = this.pages[entry.target.dataset.number - 1]
          if (entry.isIntersecting) this.draw(page).catch((error) => this.fail(error))
          else this.forget(page)
        }
      },
      { root: this.pagesBox, rootMargin: '100% 0px' },
    )
    for (const page of this.pages) this.watch.observe(page.box)
  }

  forget(page) {
    page.drawn = 0
    page.task?.cancel()
    page.box.replaceChildren()
  }

  async draw(page) {
    const scale = this.scale
    if (page.drawn === scale) return
    page.drawn = scale
    page.task?.cancel()
    const source = await this.pdf.getPage(page.number)
    page.size = source.getViewport({ scale: NATURAL })
    this.measure(page)
    const viewport = source.getViewport({ scale: NATURAL * scale })
    const most = Math.sqrt(PIXELS_MAX / (viewport.width * viewport.height))
    const density = Math.min(devicePixelRatio || 1, most)
    const canvas = document.createElement('canvas')
    canvas.width = Math.floor(viewport.width * density)
    canvas.height = Math.floor(viewport.height * density)
    canvas.setAttribute('aria-hidden', 'true')
    page.task = source.render({ canvas, viewport, transform: density === 1 ? null : [density, 0, 0, density, 0, 0] })
    try {
      await page.task.promise
    } catch (error) {
      if (error.name === 'RenderingCancelledException') return
      throw error
    }
    if (page.drawn !== scale) return
    const text = document.createElement('div')
    text.className = 'viewer-text'
    text.style.setProperty('--total-scale-factor', String(NATURAL * scale))
    page.box.replaceChildren(canvas, text)
    await new TextLayer({ textContentSource: source.streamTextContent(), container: text, viewport }).render()
    page.box.dataset.drawn = 'yes'
  }

  listen() {
    const jobs = {
      previous: () => this.goTo(Math.max(1, this.current - 1)),
      next: () => this.goTo(Math.min(this.pages.length, this.current + 1)),
      smaller: () => this.step(-1),
      larger: () => this.step(1),
      fit: () => this.fit(),
    }
    this.root.addEventListener('click', (event) => jobs[event.target.closest('[data-do]')?.dataset.do]?.())
    this.pageField.addEventListener('change', () => this.goTo(Number(this.pageField.value)))
    const keys = { ArrowLeft: 'previous', ArrowRight: 'next', '+': 'larger', '-': 'smaller', 0: 'fit' }
    this.pagesBox.addEventListener('keydown', (event) => {
      const job = !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key]
      if (!job) return
      event.preventDefault()
      jobs[job]()
    })
    this.pagesBox.addEventListener('scroll', () => {
      const top = this.pagesBox.scrollTop + this.pagesBox.clientHeight / 3
      const at = this.pages.findLast((page) => page.box.offsetTop - this.pagesBox.offsetTop <= top)
      this.current = at?.number ?? 1
      if (document.activeElement !== this.pageField) this.pageField.value = this.current
    })
    addEventListener('resize', () => this.fits && this.fit())
  }

  /** Says that the pages cannot be shown; the text below can be read all the same. */
  fail(error) {
    console.warn(`PDF not shown: ${error?.message ?? error}`)
    const wrong = this.root.querySelector('[data-wrong]')
    wrong.textContent = this.root.dataset.failed
    wrong.hidden = false
    this.root.querySelector('.viewer-bar').hidden = true
    this.pagesBox.hidden = true
    const text = document.querySelector('[data-text]')
    if (text) text.open = true
  }
}

for (const root of document.querySelectorAll('[data-viewer]')) {
  const viewer = new Viewer(root)
  const text = document.querySelector('[data-text]')
  if (text && !location.hash) text.open = false
  viewer.open().catch((error) => viewer.fail(error))
}
