// Builds what the pages load into web/dist: one style sheet, the scripts, the icons in use, fonts, and the reader of PDF.
//
// All of it is served under one address that carries the digest of the whole, so browsers keep it for ever and files
// may name each other by their plain names. Beside each text lies its brotli form, made here once and as small as can be.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'
import * as sass from 'sass'

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
const modules = join(here, 'node_modules')
const italia = join(modules, 'bootstrap-italia')
const made = join(here, 'dist.new')

rmSync(made, { recursive: true, force: true })
mkdirSync(made)

// --- style -----------------------------------------------------------------------------------------------------------
const style = sass.compile(join(here, 'styles/desk.scss'), {
  loadPaths: [join(italia, 'src/scss')],
  style: 'compressed',
  // Bootstrap Italia is written in the older Sass; its warnings are its own.
  quietDeps: true,
  logger: sass.Logger.silent,
})
writeFileSync(join(made, 'desk.css'), style.css)

// --- scripts ---------------------------------------------------------------------------------------------------------
const scripts = readdirSync(join(here, 'scripts')).filter((name) => name.endsWith('.entry.js'))
await build({
  entryPoints: Object.fromEntries(scripts.map((name) => [basename(name, '.entry.js'), join(here, 'scripts', name)])),
  outdir: made,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  legalComments: 'none',
  logLevel: 'error',
})

// --- the reader of PDF: its worker, what it decodes pictures with where no WebAssembly may run, the standard fonts, and
// --- the character maps of Chinese, Japanese and Korean fonts that a file does not carry ---------------------------------
const reader = join(modules, 'pdfjs-dist')
cpSync(join(reader, 'build/pdf.worker.min.mjs'), join(made, 'pdf.worker.mjs'))
for (const name of readdirSync(join(reader, 'wasm')).filter((name) => name.endsWith('_nowasm_fallback.js'))) {
  cpSync(join(reader, 'wasm', name), join(made, name))
}
for (const name of readdirSync(join(reader, 'standard_fonts')).filter((name) => /\.(pfb|ttf)$/.test(name))) {
  cpSync(join(reader, 'standard_fonts', name), join(made, name))
}
for (const name of readdirSync(join(reader, 'cmaps')).filter((name) => name.endsWith('.bcmap'))) {
  cpSync(join(reader, 'cmaps', name), join(made, name))
}

// --- icons: those that a template or script names ---------------------------------------------------------------------
const templates = join(here, '../src/http/pages')
const texts = [templates, join(here, 'scripts')].flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.(html|js|rs)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
)
const named = new Set(texts.flatMap((text) => text.match(/\bit-[a-z]+(?:-[a-z]+)*\b/g) ?? []))
const sprites = readFileSync(join(italia, 'dist/svg/sprites.svg'), 'utf8')
const symbols = sprites.match(/<symbol [\s\S]*?<\/symbol>/g).filter((symbol) => named.has(symbol.match(/id="([^"]+)"/)[1]))
writeFileSync(join(made, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`)
cpSync(join(here, 'styles/favicon.svg'), join(made, 'favicon.svg'))

// --- fonts -----------------------------------------------------------------------------------------------------------
const titillium = join(italia, 'src/fonts/Titillium_Web')
for (const weight of ['regular', '600', '700', 'italic']) {
  const file = readdirSync(titillium).find((name) => name.endsWith(`_latin-${weight}.woff2`))
  cpSync(join(titillium, file), join(made, `titillium-${weight}.woff2`))
}
const mono = join(italia, 'src/fonts/Roboto_Mono')
cpSync(
  join(mono, readdirSync(mono).find((name) => name.endsWith('_latin-regular.woff2'))),
  join(made, 'mono-regular.woff2'),
)

// --- brotli, and the digest of all --------------------------------------------------------------------------------------
const digest = createHash('sha256')
for (const name of readdirSync(made).sort()) {
  const bytes = readFileSync(join(made, name))
  digest.update(`${name}\0${bytes.length}\0`).update(bytes)
  if (/\.(css|js|mjs|svg)$/.test(name)) {
    const options = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    writeFileSync(join(made, `${name}.br`), brotliCompressSync(bytes, { params: options }))
  }
}
writeFileSync(join(made, 'DIGEST'), digest.digest('hex').slice(0, 16))

// --- fonts of paper: carried by the PDF that the program writes, and never loaded by a browser ---------------------------
const paper = join(made, 'paper')
mkdirSync(paper)
for (const [name, weight] of [['plain', 'regular'], ['strong', '600']]) {
  const file = readdirSync(titillium).find((name) => name.endsWith(`_latin-${weight}.ttf`))
  cpSync(join(titillium, file), join(paper, `${name}.ttf`))
}
// Wider than any other that is free: Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, signs.
cpSync(join(modules, 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), join(paper, 'wide.ttf'))

// All or nothing: who builds the program meanwhile sees the old or the new.
const dist = join(here, 'dist')
if (existsSync(dist)) rmSync(dist, { recursive: true })
renameSync(made, dist)
